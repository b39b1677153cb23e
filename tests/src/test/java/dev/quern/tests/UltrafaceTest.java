package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.cli.Main;
import dev.quern.data.Image;
import dev.quern.detect.Box;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.Nms;
import dev.quern.fixtures.Fixtures;
import dev.quern.io.SafetensorsFile;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Size;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector of faces that others trained finds the one of Grace Hopper. */
class UltrafaceTest {

  /** Of the face, in parts of the picture. */
  private static final Box FACE = new Box(0.339, 0.202, 0.700, 0.555);

  @TempDir Path folder;

  private static void isFace(Box box, double width, double height) {
    Box part = box.scaled(1 / width, 1 / height);
    assertThat(part.left()).isCloseTo(FACE.left(), within(0.005));
    assertThat(part.top()).isCloseTo(FACE.top(), within(0.005));
    assertThat(part.right()).isCloseTo(FACE.right(), within(0.005));
    assertThat(part.bottom()).isCloseTo(FACE.bottom(), within(0.005));
  }

  @Test
  void recordedOutputsAreOneFace() {
    DetectionTask task =
        new DetectionTask(
            new DecodedBoxes("scores", "boxes", 0),
            List.of("background", "face"),
            new Nms().score(0.7));
    try (SafetensorsFile file = SafetensorsFile.open(Fixtures.model("ultraface.safetensors"));
        Arena arena = new Arena()) {
      List<Detection> found =
          task.detections(
                  Map.of(
                      "scores",
                      arena.tensor(file.shape("output.scores"), file.floats("output.scores")),
                      "boxes",
                      arena.tensor(file.shape("output.boxes"), file.floats("output.boxes"))),
                  new Size(240, 320))
              .get(0);
      assertThat(found).hasSize(1);
      assertThat(found.get(0).label()).isEqualTo("face");
      assertThat(found.get(0).score()).isGreaterThan(0.99);
      isFace(found.get(0).box(), 320, 240);
    }
  }

  @Test
  void theCommandFindsAndDrawsIt() {
    Path picture = Fixtures.model("grace_hopper.png");
    Path faces = folder.resolve("faces.safetensors");
    String network = Fixtures.model("ultraface.onnx").toString();
    String[] said =
        ("--boxes boxes --scores scores --background 0 --classes background,face --mean 127"
                + " --std 128 --pixels 255")
            .split(" ");
    run(said, "import", network, "--out", faces.toString());
    String[] none = {};
    String line = run(none, "detect", "--model", faces.toString(), "--score", "0.7", picture + "");
    String drawings = folder.resolve("drawings").toString();
    String ask = "detect --score 0.7 --draw " + drawings + " --model " + network + " " + picture;
    assertThat(run(said, ask.split(" "))).isEqualTo(line); // without a file between
    String[] found = line.strip().split("\t");
    assertThat(found).hasSize(2);
    assertThat(found[1]).matches("face (0\\.99\\d+|1\\.0000) [0-9.,]+");
    double[] sides =
        Stream.of(found[1].split(" ")[2].split(",")).mapToDouble(Double::parseDouble).toArray();
    Image image = Image.read(picture);
    isFace(new Box(sides[0], sides[1], sides[2], sides[3]), image.width(), image.height());
    Image drawn = Image.read(folder.resolve("drawings/grace_hopper.png"));
    assertThat(drawn.shape()).isEqualTo(image.shape());
    int y = (int) ((sides[1] + sides[3]) / 2);
    int x = (int) sides[0];
    assertThat(List.of(drawn.get(0, y, x), drawn.get(1, y, x), drawn.get(2, y, x)))
        .contains(0, 255); // the frame's color is a bright one
  }

  /** What a command prints. */
  private static String run(String[] said, String... first) {
    String[] words = Stream.of(first, said).flatMap(Stream::of).toArray(String[]::new);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    return out.toString();
  }
}
