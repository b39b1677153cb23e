package dev.quern.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.fixtures.Fixtures;
import dev.quern.io.ModelFile;
import dev.quern.io.json.Json;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build sets QUERN_MODELS to a folder of the tests. */
class ModelsCommandTest {
  private static final Path FOLDER = Path.of(System.getenv("QUERN_MODELS"));
  private static final Path MNIST = FOLDER.resolve("mnist.onnx");

  @TempDir Path dir;

  @BeforeEach
  void empty() throws IOException {
    Files.deleteIfExists(MNIST);
  }

  @Test
  void aRowForEachNetwork() {
    List<String> lines = Cli.run("models").succeeds().lines();
    assertThat(lines.get(0).split(" +"))
        .containsExactly("network", "task", "input", "classes", "MB", "license", "here");
    assertThat(lines.stream().skip(1).map(l -> l.split(" ")[0])).isEqualTo(Pretrained.names());
    assertThat(lines.stream().map(l -> l.split(" +")))
        .contains(
            new String[] {"mnist", "classification", "1x28x28", "10", "0.03", "MIT", "no"},
            new String[] {
              "torchvision/resnet50",
              "classification",
              "3x224x224",
              "1000",
              "102.54",
              "BSD-3-Clause",
              "no"
            },
            new String[] {"ultraface", "detection", "3x240x320", "2", "1.22", "MIT", "no"});
    assertThat(lines).allSatisfy(l -> assertThat(l).hasSizeLessThan(100));
  }

  @Test
  void json() {
    List<String> lines = Cli.run("models", "--json").succeeds().lines();
    assertThat(lines).hasSameSizeAs(Pretrained.names());
    var first = Json.parse("line", lines.get(0));
    assertThat(first.get("name").asText()).isEqualTo("mobilenet_v2");
    assertThat(first.get("classes")).hasSize(1001);
    assertThat(first.get("url").isNull()).isTrue();
    assertThat(first.get("preprocessing").get("mean")).hasSize(3);
    assertThat(Cli.run("models", "show", "mobilenet_v2", "--json").succeeds().lines())
        .containsExactly(lines.get(0));
  }

  @Test
  void showHasALineForEachProperty() {
    List<String> lines = Cli.run("models", "show", "torchvision/resnet18").succeeds().lines();
    assertThat(lines)
        .contains(
            "name           torchvision/resnet18",
            "bytes          46,830,571",
            "address        https://download.pytorch.org/models/resnet18-f37072fd.pth",
            "here           no; its place is " + FOLDER)
        .anyMatch(l -> l.startsWith("classes        1000: tench, Tinca tinca; "));
  }

  @Test
  void unknownNamesAreRefusedWithTheNearest() {
    for (String command : new String[] {"get", "show"}) {
      Cli.run("models", command, "resnet18").isRefused("similar names are torchvision/resnet18");
    }
    Cli.run("predict", "--model", "mobilnet_v2", "x.png")
        .fails("mobilnet_v2 is not a file; ", "similar names are mobilenet_v2");
    Cli.run("predict", "--model", "mobilenet_v2", "x.png")
        .fails("mobilenet_v2.onnx is not in " + FOLDER, "--file FILE");
    Cli.run("predict", "--model", "torchvision/resnet18", "x.png")
        .fails("\"quern models get torchvision/resnet18\" fetches it (46.8 MB)");
  }

  @Test
  void getNeedsAFileOrAnAddress() {
    Cli.run("models", "get", "mnist").fails("has no download URL", "26454 bytes", MNIST.toString());
    Cli.Result both = Cli.run("models", "get", "mnist", "--file", "a", "--url", "http://h/b");
    assertThat(both.status()).isEqualTo(2);
    Cli.run("models", "get", "mnist", "--file", dir.resolve("none")).fails("none does not exist");
    Cli.run("models", "get", "mnist", "--url", "ftp://h/b").fails("must be http or https");
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    Path wrong = Files.write(dir.resolve("w"), new byte[26454]);
    Cli.run("models", "get", "mnist", "--file", wrong).fails("has SHA-256", "2f06e72de813");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 26454);
            exchange.getResponseBody().write(new byte[26454]);
          }
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/mnist.onnx";
      Cli.Result r = Cli.run("models", "get", "mnist", "--url", url);
      assertThat(r.status()).isEqualTo(1);
      assertThat(r.err()).contains("does not have SHA-256 2f06e72de813", "--file FILE");
    } finally {
      server.stop(0);
    }
    assertThat(MNIST).doesNotExist();
  }

  @Test
  void commandsTakeANetworkByName() throws IOException {
    Path file = Fixtures.model("mnist.onnx");
    assertThat(Cli.run("models", "get", "mnist", "--file", file).succeeds().out())
        .isEqualTo("mnist: " + MNIST + ", 26,454 bytes, license MIT\n");
    assertThat(Cli.run("models").succeeds().lines())
        .anyMatch(l -> l.startsWith("mnist ") && l.endsWith(" yes"));
    assertThat(Cli.run("models", "show", "mnist").succeeds().lines())
        .contains("here           " + MNIST);
    assertThat(Cli.run("models", "get", "mnist").succeeds().out()).startsWith("mnist: " + MNIST);
    Path picture =
        Pictures.write(
            dir.resolve("one.png"), Pictures.plain(BufferedImage.TYPE_INT_RGB, 40, 20, 0x336699));
    String[] cells =
        Cli.run("predict", "--model", "mnist", picture).succeeds().out().strip().split("\t");
    assertThat(cells).hasSize(4);
    assertThat(cells[1]).matches("\\d \\d\\.\\d+");
    assertThat(Cli.run("summary", "--model", "mnist").succeeds().out()).contains("5,99");
    Path out = dir.resolve("m.onnx");
    assertThat(Cli.run("export", "mnist", "--out", out).succeeds().out()).contains("opset 17");
    Path half = dir.resolve("half.safetensors");
    Cli.run("convert", "--model", "mnist", "--dtype", "bf16", "--out", half).succeeds();
    assertThat(ModelFile.load(half).classes()).hasSize(10);
  }

  @Test
  void trainingBeginsWithANetworkByName() throws IOException {
    Cli.run("models", "get", "cifar10_resnet8", "--file", Fixtures.model("cifar10_resnet8.onnx"))
        .succeeds();
    Path out = dir.resolve("run");
    for (int i = 0; i < 12; i++) {
      Path file = dir.resolve("photos").resolve(i % 2 == 0 ? "dark" : "light").resolve(i + ".png");
      Files.createDirectories(file.getParent());
      int grey = i % 2 == 0 ? i : 255 - i;
      Pictures.write(file, Pictures.plain(BufferedImage.TYPE_INT_RGB, 30, 30 + i, grey * 0x010101));
    }
    Cli.run(
            "train",
            "--from",
            "cifar10_resnet8",
            "--data",
            dir.resolve("photos"),
            "--epochs",
            1,
            "--no-report",
            "--out",
            out)
        .succeeds();
    assertThat(out.resolve("config.json")).content().contains("\"from\" : \"cifar10_resnet8\"");
    ModelData made = ModelFile.load(out.resolve("model.safetensors"));
    assertThat(made.classes()).containsExactly("dark", "light");
    assertThat(made.provenance()).containsEntry("from", "cifar10_resnet8");
    Cli.run("train", "--config", out.resolve("config.json"), "--out", dir.resolve("again"))
        .succeeds();
    assertThat(ModelFile.load(dir.resolve("again/model.safetensors")).weights().values())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(made.weights().values());
  }

  @Test
  void aFileOfTheNameIsTheFile() {
    // by a path from the root: the working directory is the module's
    Path named = dir.resolve("mnist");
    ModelFile.save(named, ModelData.untrained(Networks.byName("lenet"), 1));
    assertThat(Cli.run("summary", "--model", named).succeeds().out()).contains("431,080");
  }
}
