package dev.quern.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Samples;
import dev.quern.data.Image;
import dev.quern.io.ModelFile;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that commands write: their modes, and places where none can be. */
class OutputPlacesTest {
  @TempDir Path dir;
  private Path model;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    model = dir.resolve("model.safetensors");
    ModelFile.save(model, ModelData.untrained(Networks.byName("lenet"), 1));
    file = Files.createFile(dir.resolve("file"));
  }

  @Test
  void filesHaveTheModeThatTheSystemGives() throws IOException {
    assumeThat(file.getFileSystem().supportedFileAttributeViews()).contains("posix");
    Path png = dir.resolve("a.png");
    PictureFolder.write("test", png, Image.of(Shape.of(1, 2, 2), new byte[4]));
    Path onnx = dir.resolve("a.onnx");
    Cli.run("export", model, "--out", onnx).succeeds();
    for (Path written : new Path[] {png, onnx, model}) {
      assertThat(Files.getPosixFilePermissions(written))
          .as(written.toString())
          .isEqualTo(Files.getPosixFilePermissions(file));
    }
  }

  @Test
  void aMissingFolderIsNamed() {
    Path none = dir.resolve("none");
    String rule = "its folder does not exist; make " + none + " first";
    Cli.run("export", model, "--out", none.resolve("a.onnx"))
        .fails("export: " + none.resolve("a.onnx") + ": " + rule);
    Cli.run("convert", "--model", model, "--dtype", "F16", "--out", none.resolve("a.safetensors"))
        .fails("convert: ", rule);
    Cli.run("import", dir.resolve("b.onnx"), "--out", none.resolve("a.safetensors"))
        .fails("import: ", rule);
    Cli.run("quantize", "--model", model, "--out", none.resolve("a.safetensors"))
        .fails("quantize: ", rule);
  }

  @Test
  void aFileInPlaceOfAFolderIsNamed() throws IOException {
    Path data = Samples.write(dir.resolve("data"), 40, 10);
    List<Object> mnist = List.of("--data", "mnist", "--data-dir", data, "--out");
    String rule = file + " is a file, not a folder";
    Cli.run("export", model, "--out", file.resolve("a.onnx")).fails("export: ", rule);
    Path net = Samples.network(dir.resolve("net.json"));
    Cli.run(Cli.joined(List.of("train", "--net", net), Cli.joined(mnist, file.resolve("run"))))
        .fails("train: ", rule);
    Cli.run(Cli.joined(List.of("augment-preview"), Cli.joined(mnist, file.resolve("a.png"))))
        .fails("augment-preview: ", rule);
    Object[] steps = Cli.joined(List.of("lr-find", "--net", net, "--steps", 2));
    Cli.run(Cli.joined(List.of(steps), Cli.joined(mnist, file.resolve("a"))))
        .fails("lr-find: ", rule);
    Cli.run("export", model, "--out", dir).fails(dir + ": a folder of that name exists already");
  }
}
