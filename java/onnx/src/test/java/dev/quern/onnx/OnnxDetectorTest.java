package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.ValueInfoProto;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detectors with their suppression inside, as torchvision exports them. */
class OnnxDetectorTest {
  private static final Preprocessing UNIT = Preprocessing.of(Normalization.unit(3));

  @TempDir private Path dir;

  /** Three boxes, of which the second is suppressed; 1 is the mean of a white image. */
  private static String[] lines(String input) {
    return new String[] {
      "ReduceMean " + input + " -> mean keepdims=0",
      "Round mean -> one",
      "Mul b{0.0,0,10,10,0,0,10,9,20,5,60,15} one -> flat",
      "Reshape flat s1{1,3,4} -> candidates",
      "Reshape sc{0.9,0.8,0.6} s2{1,1,3} -> table",
      "NonMaxSuppression candidates table n{10} iou{0.5} low{0.25} -> kept",
      "Gather kept c{2} -> column axis=1",
      "Reshape column s3{-1} -> rows",
      "Reshape flat s4{3,4} -> all",
      "Gather all rows -> boxes axis=0",
      "Gather sc rows -> scores axis=0",
      "Gather labels{5,6,1} rows -> classes axis=0",
      "Reshape m{0.9,0.1,0.9,0.1,0,0,0,0,0.9,0.9,0.9,0.9} s5{3,1,2,2} -> mm",
      "Gather mm rows -> masks axis=0",
      "Reshape p{4.0,6,1,0,0,0,30,10,0} s6{3,1,3} -> pp",
      "Gather pp rows -> points axis=0",
    };
  }

  private OnnxSession session(String input, String... outputs) throws IOException {
    ModelProto.Builder model = Graphs.of(lines(input));
    Graphs.withOutputs(model, outputs);
    for (ValueInfoProto.Builder o : model.getGraphBuilder().getOutputBuilderList()) {
      if (o.getName().equals("classes")) {
        o.getTypeBuilder().getTensorTypeBuilder().setElemType(Graphs.INT64);
      }
    }
    return Onnx.session(Files.write(dir.resolve("model.onnx"), model.build().toByteArray()));
  }

  private static Image white() {
    byte[] pixels = new byte[3 * 20 * 40];
    Arrays.fill(pixels, (byte) 255);
    return Image.of(Shape.of(3, 20, 40), pixels);
  }

  @Test
  void dynamicInputIsTheImage() throws IOException {
    try (OnnxSession session =
        session("x[3,0,0]", "boxes", "classes", "scores", "masks", "points")) {
      List<Detection> found = new OnnxDetector(session, UNIT, List.of()).detect(white());
      assertThat(found).hasSize(2);
      Detection first = found.get(0);
      assertThat(first.box()).isEqualTo(new Box(0, 0, 10, 10));
      assertThat(first.classIndex()).isEqualTo(5);
      assertThat(first.label()).isEqualTo("5");
      assertThat(first.score()).isEqualTo(0.9f);
      assertThat(first.keyPoints()).containsExactly(new KeyPoint(4, 6, 1));
      assertThat(first.mask().box()).isEqualTo(new Box(0, 0, 5, 10));
      assertThat(first.mask().area()).isEqualTo(50);
      Detection second = found.get(1);
      assertThat(second.box()).isEqualTo(new Box(20, 5, 40, 15));
      assertThat(second.label()).isEqualTo("1");
      assertThat(second.mask().box()).isEqualTo(second.box());
      assertThat(second.mask().area()).isEqualTo(200);
    }
  }

  /** An input of 10 x 10 for an image of 20 x 40. */
  @Test
  void fixedInputIsScaled() throws IOException {
    List<String> names = List.of("background", "cat", "c", "d", "e", "dog");
    try (OnnxSession session = session("x[1,3,10,10]", "points", "scores", "classes", "boxes")) {
      List<Detection> found = new OnnxDetector(session, UNIT, names).detect(white());
      assertThat(found).hasSize(1); // the other box is outside the image
      assertThat(found.get(0))
          .isEqualTo(
              new Detection(
                  new Box(0, 0, 40, 20), 5, "dog", 0.9f, List.of(new KeyPoint(16, 12, 1))));
      OnnxDetector few = new OnnxDetector(session, UNIT, names.subList(0, 5));
      assertThatThrownBy(() -> few.detect(white()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("onnx detector: label 5 is outside the 5 classes");
    }
  }

  /** Masks of 2 x 2 are those of the whole input where the input has this size. */
  @Test
  void masksOfTheWholeInput() throws IOException {
    try (OnnxSession session = session("x[3,2,2]", "boxes", "classes", "scores", "masks")) {
      Detection found = new OnnxDetector(session, UNIT, List.of()).detect(white()).get(0);
      assertThat(found.box()).isEqualTo(new Box(0, 0, 40, 20));
      assertThat(found.mask().box()).isEqualTo(new Box(0, 0, 20, 20));
      assertThat(found.mask().area()).isEqualTo(400);
    }
  }

  @Test
  void outputsThatAreNoDetections() throws IOException {
    try (OnnxSession session = session("x[3,0,0]", "boxes", "scores")) {
      OnnxDetector detector = new OnnxDetector(session, UNIT, List.of());
      assertThatThrownBy(() -> detector.detect(white()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("have no integer labels [N]");
    }
    try (OnnxSession session = session("x[3,0,0]", "all", "classes", "scores")) {
      OnnxDetector detector = new OnnxDetector(session, UNIT, List.of());
      assertThatThrownBy(() -> detector.detect(white()))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("have different numbers of objects");
    }
    try (OnnxSession session = session("x[4,3,0,0]", "boxes")) {
      assertThatThrownBy(() -> new OnnxDetector(session, UNIT, List.of()))
          .isInstanceOf(ShapeException.class)
          .hasMessage("onnx detector: input x has 4 dimensions, expected one [C, H, W]");
    }
  }
}
