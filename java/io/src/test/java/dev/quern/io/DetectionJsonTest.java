package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.detect.BlazeFace;
import dev.quern.detect.Box;
import dev.quern.detect.BoxDecoder;
import dev.quern.detect.BoxDecoder.Scores;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.Nms;
import dev.quern.detect.PointBoxes;
import dev.quern.detect.Scrfd;
import dev.quern.detect.SsdBoxes;
import dev.quern.detect.YoloHeads;
import dev.quern.detect.YoloPose;
import dev.quern.detect.YoloRows;
import dev.quern.detect.YoloSeg;
import dev.quern.detect.YuNet;
import dev.quern.error.FormatException;
import dev.quern.error.QuernException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How boxes are found, in network descriptions and models. */
class DetectionJsonTest {
  private static final Network NETWORK =
      Network.builder("boxes", Shape.of(3, 8, 8))
          .add("grid", new Conv2d(12, 4).stride(4))
          .add("flat", new Flatten())
          .add("s", new Linear(4), "flat")
          .add("scores", new Reshape(2, 2))
          .add("b", new Linear(8), "flat")
          .add("boxes", new Reshape(2, 4))
          .add("r", new Linear(12), "flat")
          .add("rows", new Reshape(2, 6))
          .add("p", new Linear(16), "flat")
          .add("poses", new Reshape(8, 2))
          .add("logits", new Reshape(4, 1), "s")
          .add("f", new Linear(64), "flat")
          .add("faces", new Reshape(4, 16), "f")
          .add("fc", new Linear(16), "flat")
          .add("sides", new Reshape(4, 4), "fc")
          .add("fp", new Linear(40), "flat")
          .add("points", new Reshape(4, 10), "fp")
          .add("o", new Linear(8), "flat")
          .add("protos", new Reshape(2, 2, 2), "o")
          .output(
              "grid", "scores", "boxes", "rows", "poses", "logits", "faces", "sides", "points",
              "protos")
          .build();

  static Stream<BoxDecoder> decoders() {
    List<Box> priors = List.of(new Box(0.1, 0.2, 1 / 3.0, 0.4), new Box(0, 0, 1, 1));
    List<YoloHeads.Anchor> anchors =
        List.of(new YoloHeads.Anchor(10, 13), new YoloHeads.Anchor(1 / 3.0, 16));
    List<YoloHeads.Head> heads = List.of(new YoloHeads.Head("grid", 4, anchors));
    return Stream.of(
        new DecodedBoxes("scores", "boxes", 0),
        new DecodedBoxes(
            "scores", "boxes", DecodedBoxes.Form.CENTER_SIZE, false, Scores.SOFTMAX, -1),
        new SsdBoxes("scores", "boxes", priors),
        new SsdBoxes("scores", "boxes", priors, 1, 0.5, Scores.SIGMOID, -1),
        new YoloHeads(heads, YoloHeads.Version.V3, false),
        new YoloRows("rows", false, false),
        YoloRows.v5("rows"),
        new YoloPose("poses", 1),
        new YoloPose("poses", 1, false),
        new YoloSeg("poses", "protos"),
        PointBoxes.of("grid", 4),
        new PointBoxes(
            List.of(new PointBoxes.Level(4, List.of("grid", "grid"))),
            true,
            false,
            Scores.AS_THEY_ARE),
        new BlazeFace(List.of("logits"), List.of("faces"), new Size(2, 3), List.of(2, 4, 4), 1),
        new BlazeFace(
            List.of("logits", "logits"), List.of("faces", "faces"), Size.of(8), List.of(4), 2),
        new YuNet(
            List.of(
                new YuNet.Level(4, "logits", "logits", "sides", "points"),
                new YuNet.Level(8, "logits", "logits", "sides", "points"))),
        new Scrfd(List.of(new Scrfd.Level(4, "logits", "sides", "points")), 1),
        new Scrfd(List.of(new Scrfd.Level(8, "logits", "sides", "points")), 4));
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void comesBackAsItWas(BoxDecoder decoder) {
    DetectionTask plain = new DetectionTask(decoder, List.of());
    for (DetectionTask task : List.of(plain, plain.nms(new Nms(0.1, 0.7, 99, 9)))) {
      Network n = NETWORK.withDetection(task);
      Network read = NetworkJson.read(NetworkJson.write(n));
      assertThat(read).isEqualTo(n);
      assertThat(read.detection()).isEqualTo(task);
    }
  }

  @Test
  void everyDecoderIsHere() {
    assertThat(decoders().<Class<?>>map(BoxDecoder::getClass).collect(Collectors.toSet()))
        .isEqualTo(new HashSet<>(Set.of(BoxDecoder.class.getPermittedSubclasses())));
  }

  @Test
  void modelFilesKeepIt(@TempDir Path folder) {
    DetectionTask task =
        new DetectionTask(new DecodedBoxes("scores", "boxes", 0), List.of("background", "face"));
    ModelData data = ModelData.untrained(NETWORK, 1).withDetection(task);
    Path file = folder.resolve("m.safetensors");
    ModelFile.save(file, data);
    assertThat(ModelFile.load(file).network()).isEqualTo(data.network());
    assertThat(ModelFile.load(file).network().detection()).isEqualTo(task);
  }

  private static Network read(String detection) {
    String text = NetworkJson.write(NETWORK);
    return NetworkJson.read(
        text.replace("\"layers\"", "\"detection\": " + detection + ", \"layers\""));
  }

  @Test
  void defaultsMayBeLeftOut() {
    assertThat(
            read("{\"type\": \"decoded_boxes\", \"scores\": \"scores\", \"boxes\": \"boxes\"}")
                .detection())
        .isEqualTo(
            new DetectionTask(
                new DecodedBoxes("scores", "boxes", BoxDecoder.NO_BACKGROUND), List.of()));
    assertThat(
            read("{\"type\": \"yolo_rows\", \"output\": \"rows\", \"classes\": [\"a\", \"b\"],"
                    + " \"nms\": {\"score\": 0.25}}")
                .detection())
        .isEqualTo(
            new DetectionTask(
                new YoloRows("rows", false, false), List.of("a", "b"), new Nms().score(0.25)));
    assertThat(
            read("{\"type\": \"scrfd\", \"levels\": [{\"stride\": 8, \"scores\": \"logits\","
                    + " \"distances\": \"sides\", \"key_points\": \"points\"}]}")
                .detection())
        .isEqualTo(
            new DetectionTask(
                new Scrfd(List.of(new Scrfd.Level(8, "logits", "sides", "points")), 2), List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | network: detection: array, expected an object",
        "{} | network: detection: key \"type\" is missing",
        "{'type': 'magic'} | key \"type\": not one of decoded_boxes, ssd_boxes, yolo_heads",
        "{'type': 'yolo_rows', 'output': 'rows', 'x': 1} | key \"x\": unknown",
        "{'type': 'yolo_rows', 'output': 'rows', 'nms': {'x': 1}} | key \"x\": unknown",
        "{'type': 'yolo_rows', 'output': 'rows', 'nms': {'iou': 2}} | nms: iou 2.0 is outside",
        "{'type': 'yolo_rows', 'output': 'none'} | detection: unknown output none",
        "{'type': 'yolo_rows', 'output': 'rows', 'classes': ['a']} | 1 class names do not fit",
        "{'type': 'decoded_boxes', 'scores': 'boxes', 'boxes': 'scores'} | , expected [N, 4]",
        "{'type': 'decoded_boxes', 'scores': 'scores', 'boxes': 'boxes', 'form': 'round'} |"
            + " key \"form\": \"round\" is not one of left_top_right_bottom",
        "{'type': 'ssd_boxes', 'scores': 'scores', 'offsets': 'boxes', 'priors': [1]} |"
            + " key \"priors\": 1 numbers, expected four per box",
        "{'type': 'ssd_boxes', 'scores': 'scores', 'offsets': 'boxes', 'priors': [1,1,0,0]} |"
            + " box: left 1.0",
        "{'type': 'yolo_heads', 'heads': [{'output': 'grid', 'stride': 0, 'anchors': [1,1]}]} |"
            + " yolo heads: stride 0 must be at least 1",
        "{'type': 'yolo_heads', 'heads': [{'output': 'grid', 'stride': 4, 'anchors': [1]}]} |"
            + " detection: heads 1: key \"anchors\": 1 numbers",
        "{'type': 'blazeface', 'scores': ['logits'], 'boxes': ['faces'], 'input': 8,"
            + " 'strides': [8], 'anchors': 0} | blazeface: anchors 0 is outside [1, 100]",
        "{'type': 'blazeface', 'scores': ['logits'], 'boxes': ['faces'], 'input': 8,"
            + " 'strides': [8], 'anchors': 1} | detection: outputs [logits] have 4 rows",
        "{'type': 'yunet', 'levels': [{'stride': 8}]} | levels 1: key \"scores\" is missing",
        "{'type': 'scrfd', 'levels': [{'stride': 8, 'scores': 'logits', 'distances': 'points',"
            + " 'key_points': 'points'}]} | output points has shape 4x10, expected [N, 4]",
        "{'type': 'yolo_seg', 'output': 'rows'} | key \"prototypes\" is missing",
        "{'type': 'yolo_seg', 'output': 'rows', 'prototypes': 'protos'} |"
            + " output rows has shape 2x6, expected [4 + C + 2, N]",
        "{'type': 'point_boxes', 'levels': []} | point boxes: the list of levels is empty",
        "{'type': 'point_boxes', 'levels': [{'stride': 1e9, 'outputs': []}]} | expected an integer",
      })
  void refusesTheRest(String json, String message) {
    assertThatThrownBy(() -> read(json.replace('\'', '"')))
        .isInstanceOf(QuernException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatDoesNotFitIsOfTheFile() {
    assertThatThrownBy(() -> read("{\"type\": \"yolo_rows\", \"output\": \"none\"}"))
        .isInstanceOf(FormatException.class);
  }
}
