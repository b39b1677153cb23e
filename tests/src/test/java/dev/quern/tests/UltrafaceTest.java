package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quern.detect.Box;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.Nms;
import dev.quern.io.SafetensorsFile;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A detector of faces that others trained finds the one of Grace Hopper. */
class UltrafaceTest {
  private static final Path MODELS = Path.of(System.getProperty("quern.root"), "../shared/models");

  /** Of the face, in parts of the picture. */
  private static final Box FACE = new Box(0.339, 0.202, 0.700, 0.555);

  /** The network cannot be in every clone. */
  @BeforeEach
  void models() {
    assumeTrue(Files.exists(MODELS), () -> "the pretrained networks are not there: " + MODELS);
  }

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
    try (SafetensorsFile file = SafetensorsFile.open(MODELS.resolve("ultraface.safetensors"));
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
}
