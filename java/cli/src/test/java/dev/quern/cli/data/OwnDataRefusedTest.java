package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.data.Dataset;
import dev.quern.io.DatasetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets of the user's own that do not fit: one line, before any training. */
class OwnDataRefusedTest {
  @TempDir Path dir;

  private Cli.Result train(Object net, Path data, Object... more) {
    Path out = dir.resolve("run");
    Cli.Result r = Cli.run(List.of("train", "--net", net, "--data", data, "--out", out), more);
    assertThat(r.out()).isEmpty();
    assertThat(out).doesNotExist();
    return r;
  }

  private Path sides() throws IOException {
    return OwnSamples.write(dir.resolve("bars"), seed -> OwnSamples.sides(20, seed));
  }

  private Path row(int outputs, String task) throws IOException {
    return OwnSamples.row(dir.resolve("row.json"), outputs, task);
  }

  @Test
  void targetsThatNobodyExplains() throws IOException {
    Path data = sides();
    String kinds = "one of single_label, multi_label, regression, pixel_classes, image";
    train(row(2, ""), data)
        .isRefused(
            "bars has targets of 2 for output linear1 of network row, which has no task:"
                + " set --task KIND or \"task\": \"KIND\" in its file; KIND is ",
            kinds);
    train("lenet", data).isRefused("--task KIND", kinds);
    train(row(2, ""), data, "--task", "plain").isRefused("'plain' is not one", "multi_label");
    train(row(2, "\"regression\""), data, "--task", "multi_label")
        .isRefused("--task multi_label: the network file has task \"regression\"");
    train(row(2, ""), data, "--task", "image").fails("task image: output linear1 of shape 2");
  }

  @Test
  void twoHeadsOfWhichOneIsUnsaid() throws IOException {
    Path data = Files.createDirectories(dir.resolve("bars"));
    DatasetFile.save(data.resolve("train.safetensors"), OwnSamples.heads(20, 1));
    Path net = OwnSamples.twoHeads(dir.resolve("heads.json"));
    Files.writeString(net, Files.readString(net).replace("\"sides\": \"multi_label\"", ""));
    train(net, data)
        .isRefused("\"tasks\": {\"sides\": \"KIND\"} in its file; KIND is one of")
        .isRefused("bars has targets of 2 for output sides of network heads");
    Path other = OwnSamples.twoHeads(dir.resolve("other.json"));
    Files.writeString(other, Files.readString(other).replace("count", "number"));
    train(other, data).fails("its targets [", "network heads, which has [number, sides]");
  }

  @Test
  void shapesThatDoNotFit() throws IOException {
    Path data = sides();
    train(row(3, "\"multi_label\""), data)
        .fails("network row: output 3 does not fit the targets of 2 of bars");
    Path pixels = OwnSamples.write(dir.resolve("pixels"), seed -> OwnSamples.pixels(20, seed));
    train("lenet", pixels, "--task", "multi_label")
        .fails("network lenet has a vector as output, but the targets of bars are 16x16");
    train(OwnSamples.unet(dir.resolve("u.json"), 3, "image"), pixels)
        .fails("output 3x16x16 does not fit the targets of 16x16 of bars");
    Path counts = OwnSamples.write(dir.resolve("counts"), seed -> OwnSamples.counts(20, seed));
    train(row(2, ""), counts).fails("output 2 does not fit the 3 classes of bars");
    train(row(3, "\"multi_label\""), counts)
        .fails("network row: task multi_label needs targets, not the labels of bars");
  }

  @Test
  void classesInAnotherOrder() throws IOException {
    Path data = OwnSamples.write(dir.resolve("bars"), seed -> OwnSamples.counts(20, seed));
    Dataset test = OwnSamples.counts(20, 3);
    List<String> turned = List.of("two", "one", "none");
    DatasetFile.save(data.resolve("test.safetensors"), test.withClasses(turned));
    train(row(3, ""), data)
        .fails(
            "network row: the classes of output linear1 are [none, one, two], those of bars are in"
                + " another order, [two, one, none]");
  }

  @Test
  void labelSmoothingOfWhatHasNoLabels() throws IOException {
    train(row(2, "\"multi_label\""), sides(), "--label-smoothing", "0.1")
        .isRefused("--label-smoothing requires task single_label", "has task multi_label");
    Path counts = OwnSamples.write(dir.resolve("counts"), seed -> OwnSamples.counts(20, seed));
    String focal = "{\"type\": \"single_label\", \"loss\": {\"type\": \"softmax_focal\"}}";
    train(row(3, focal), counts, "--label-smoothing", "0.1")
        .isRefused("--label-smoothing requires the loss cross_entropy", "the loss softmax_focal");
  }

  @Test
  void filesThatAreMissingOrNone() throws IOException {
    Path data = sides();
    Path net = row(2, "\"multi_label\"");
    Path train = data.resolve("train.safetensors");
    train(net, train)
        .isRefused("--data " + train + " is one file", "train.safetensors and test.safetensors");
    Files.delete(data.resolve("test.safetensors"));
    train(net, data).fails("test.safetensors");
    Files.writeString(train, "no data set at all, but long enough");
    train(net, data).fails("train.safetensors");
    train(net, dir.resolve("none"))
        .isRefused("is not a built-in data set (cifar10", "), a folder or a file");
    train(net, data, "--data-dir", dir).isRefused("--data-dir and --download require a built-in");
    train(net, data, "--download").isRefused("--data-dir and --download require a built-in");
  }

  @Test
  void evaluationOfWhatDoesNotFit() throws IOException {
    Path data = OwnSamples.write(dir.resolve("bars"), seed -> OwnSamples.counts(20, seed));
    Path out = dir.resolve("ran");
    Cli.run("train", "--net", row(3, ""), "--data", data, "--epochs", 1, "--out", out).succeeds();
    Path model = out.resolve("model.safetensors");
    Path file = data.resolve("test.safetensors");
    DatasetFile.save(file, OwnSamples.sides(20, 3));
    Cli.run("eval", "--model", model, "--data", data).fails("targets");
    List<String> turned = List.of("two", "one", "none");
    DatasetFile.save(file, OwnSamples.counts(20, 3).withClasses(turned));
    Cli.run("eval", "--model", model, "--data", file).fails("are in another order");
    Cli.run("eval", "--model", model, "--data", model).fails("not a data set");
  }
}
