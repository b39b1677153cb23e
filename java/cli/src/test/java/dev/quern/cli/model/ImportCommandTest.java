package dev.quern.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.io.ModelFile;
import dev.quern.io.NetworkJson;
import dev.quern.io.Safetensors;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.network.Torchvision;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
  private static final Network LENET = Networks.byName("lenet");
  private static final Network MOBILE = Torchvision.mobilenetV2(Shape.of(3, 224, 224), 5);

  @TempDir Path dir;
  private Path weights;
  private Path out;

  @BeforeEach
  void begin() {
    weights = dir.resolve("weights.safetensors");
    out = dir.resolve("model.safetensors");
  }

  /** As PyTorch saves it: the weights alone, and counts beside. */
  private Map<String, float[]> write(Network network, String prefix, String... without) {
    Map<String, float[]> all = new LinkedHashMap<>(ModelData.untrained(network, 9).weights());
    all.keySet().removeAll(List.of(without));
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    all.forEach(
        (name, w) ->
            tensors.put(prefix + name, Safetensors.Entry.floats(network.state().get(name), w)));
    tensors.put("bn1.num_batches_tracked", Safetensors.Entry.longs(Shape.of(), 1));
    Safetensors.write(weights, Map.of("format", "pt"), tensors);
    return all;
  }

  private Cli.Result run(Object... more) {
    return Cli.run(List.of("import", weights, "--out", out), more);
  }

  @Test
  void torchvisionsWeightsNeedNoMap() {
    Map<String, float[]> all = write(MOBILE, "");
    Cli.Result r = run("--net", "mobilenet_v2", "--classes", 5).succeeds();
    assertThat(r.lines())
        .containsExactly(
            "loaded: 262",
            "missing: 0",
            "unexpected: 0",
            "of another shape: 0",
            "Network mobilenet_v2: input 3x224x224, 153 layers, 2230277 parameters, output 5");
    ModelData model = ModelFile.load(out);
    assertThat(model.network()).isEqualTo(MOBILE.withTask(Task.singleLabel()));
    assertThat(model.preprocessing()).containsValue(Preprocessing.imagenet());
    assertThat(model.provenance()).containsEntry("imported", "weights").containsKey("quern");
    all.forEach((name, w) -> assertThat(model.weights().get(name)).isEqualTo(w));
  }

  @Test
  void sizesMayBeFreeAndClassesHaveNames() throws IOException {
    write(MOBILE, "");
    Path names = Files.writeString(dir.resolve("names.txt"), "ant\nbee\nfly\ngnat\nmoth\n");
    run("--network", "mobilenet_v2", "--classes", names, "--input", "3x?x?").succeeds();
    ModelData model = ModelFile.load(out);
    assertThat(model.network().input()).isEqualTo(Shape.of(3, Shape.FREE, Shape.FREE));
    assertThat(model.classes()).containsExactly("ant", "bee", "fly", "gnat", "moth");
    assertThat(model.preprocessing()).containsValue(Preprocessing.imagenet().size(Size.of(224)));
  }

  @Test
  void aMapRenamesAndAFileDescribesTheNetwork() throws IOException {
    Map<String, float[]> all = write(LENET, "model.");
    Path net = Files.writeString(dir.resolve("lenet.json"), NetworkJson.write(LENET));
    Path map = Files.writeString(dir.resolve("map.txt"), "model. =\nmodule. =\n");
    Cli.Result r = run("--net", net, "--names", map).succeeds();
    assertThat(r.lines())
        .contains("loaded: 8", "lines of " + map + " that match no weight: module.");
    ModelData model = ModelFile.load(out);
    assertThat(model.network()).isEqualTo(LENET);
    assertThat(model.preprocessing())
        .containsValue(Preprocessing.of(Normalization.unit(LENET.input())));
    all.forEach((name, w) -> assertThat(model.weights().get(name)).isEqualTo(w));
  }

  @Test
  void missingWeightsAreRefusedOrDrawn() {
    Map<String, float[]> all = write(LENET, "", "fc2.bias", "conv1.bias");
    run("--net", "lenet")
        .fails(
            "lacks 2 of the 8 weights of lenet, conv1.bias and others; --partial initializes them");
    assertThat(out).doesNotExist();
    run("--net", "lenet", "--partial", "--seed", 3).succeeds();
    Map<String, float[]> made = ModelFile.load(out).weights();
    assertThat(made.get("conv1.bias"))
        .isEqualTo(ModelData.untrained(LENET, 3).weights().get("conv1.bias"));
    all.forEach((name, w) -> assertThat(made.get(name)).isEqualTo(w));
    out = dir.resolve("seven.safetensors");
    assertThat(run("--net", "lenet", "--partial", "--classes", 7).succeeds().lines())
        .contains("of another shape: 1 (fc2.weight is 10x500, expected 7x500)");
  }

  @Test
  void theNetworkThatFitsIsNamed() {
    write(Torchvision.resnet18(Shape.of(3, 224, 224), 2), "");
    run("--net", "resnet18", "--input", "3x224x224")
        .fails("weights of resnet18", "its names match --net resnet18_imagenet");
  }

  @Test
  void preprocessingMayBeSaid() {
    write(LENET, "");
    Object[] net = {"--net", "lenet", "--overwrite"};
    run("--net", "lenet", "--mean", "0.5", "--std", "0.25", "--fit", "center_crop", "--crop", "0.5")
        .succeeds();
    assertThat(ModelFile.load(out).preprocessing())
        .containsValue(
            Preprocessing.of(new Normalization(new float[] {0.5f}, new float[] {0.25f}))
                .fit(Preprocessing.Fit.CENTER_CROP)
                .crop(0.5f));
    refused(net, "--crop 0.5", "crop 0.5 requires CENTER_CROP");
    refused(net, "--mean 0.5", "--mean and --std must be given together");
    refused(net, "--mean 1,2,3 --std 1,2,3", "3 channels do not fit input 1x28x28");
    refused(net, "--preprocessing imagenet", "3 channels do not fit");
    refused(net, "--preprocessing none", "'none' is neither imagenet nor unit");
    refused(net, "--fit cover", "'cover' is not one of stretch, fit, center_crop");
    refused(net, "--channels rgb", "1 means do not fit RGB");
    refused(net, "--mean x --std 1", "x");
  }

  private void refused(Object[] before, String options, String... parts) {
    run(Cli.joined(List.of(before), (Object[]) options.split(" "))).isRefused(parts);
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() throws IOException {
    write(LENET, "");
    Object[] none = {};
    refused(none, "--partial", "choose one with --net NAME|FILE");
    refused(none, "--net lenot", "'lenot' is neither a built-in network");
    refused(none, "--net lenet --classes 0", "'0' is not an integer of at least 1");
    refused(
        none, "--net lenet --classes none.txt", "is not a number, a list of names or a text file");
    refused(none, "--net lenet --input 1x28", "is not CHANNELSxHEIGHTxWIDTH");
    refused(none, "--net lenet --input 1x2x2", "network lenet", "(layer ");
    Path net = Files.writeString(dir.resolve("lenet.json"), NetworkJson.write(LENET));
    refused(none, "--net " + net + " --input 1x28x28", "--input requires a built-in");
    refused(
        none, "--net " + net + " --classes 9 --partial", "--classes 9: ", "network lenet has 10");
    Cli.run("import", weights, "--net", "lenet", "--out", weights)
        .isRefused("must not be the imported file");
    Cli.run("import", weights, "--net", "lenet", "--out", dir.resolve("m.pt"))
        .isRefused("does not end in .safetensors");
    Cli.run("import", dir.resolve("w.pth"), "--net", "lenet", "--out", out)
        .fails("w.pth does not exist");
    run("--net", "lenet", "--names", dir.resolve("none")).fails("names: ", "does not exist");
    Files.writeString(out, "old");
    run("--net", "lenet").isRefused("exists already; --overwrite replaces it");
    Files.write(weights, new byte[20]);
    run("--net", "lenet", "--overwrite").fails("weights.safetensors");
    assertThat(out).hasContent("old");
    Files.delete(weights);
    run("--net", "lenet", "--overwrite").fails("does not exist");
  }

  @Test
  void anOnnxNetworkHasAsManyClassesAsIsSaid() {
    Path file = dir.resolve("net.onnx");
    new OnnxWriter().save(ModelData.untrained(LENET, 1), file);
    Cli.run("import", file, "--out", out, "--classes", 7)
        .isRefused("7 class names do not fit output fc2 of shape 10");
    Cli.run("import", file, "--out", out, "--classes", 10).succeeds();
    assertThat(ModelFile.load(out).network().task().classes()).isEmpty();
  }
}
