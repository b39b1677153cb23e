package dev.quern.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.data.Image;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.DetectionTask;
import dev.quern.io.ModelFile;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks whose outputs are constants, and an image of 80 x 40 pixels. */
class PoseCommandTest {
  @TempDir Path dir;
  private Path picture;
  private Path maps;
  private Path simcc;
  private Path detector;

  @BeforeEach
  void make() throws IOException {
    picture =
        Pictures.write(
            dir.resolve("one.png"), Pictures.plain(BufferedImage.TYPE_INT_RGB, 80, 40, 0x336699));
    float[] heat = new float[2 * 5 * 5];
    heat[2 * 5 + 3] = 0.75f; // key point 0 at row 2, column 3
    heat[25 + 4 * 5 + 1] = 0.5f;
    maps = dir.resolve("maps.onnx");
    new OnnxWriter()
        .save(constants(Shape.of(3, 10, 10), Map.of("m", Shape.of(2, 5, 5)), heat), maps);
    float[] x = new float[20];
    float[] y = new float[20];
    x[6] = 1;
    y[3] = 0.625f;
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("x", Shape.of(1, 20));
    shapes.put("y", Shape.of(1, 20));
    simcc = dir.resolve("simcc.safetensors");
    ModelFile.save(simcc, constants(Shape.of(3, 10, 10), shapes, x, y));
    Map<String, Shape> boxes = new LinkedHashMap<>();
    boxes.put("scores", Shape.of(2, 2));
    boxes.put("boxes", Shape.of(2, 4));
    detector = dir.resolve("detector.onnx");
    new OnnxWriter()
        .save(
            constants(
                Shape.of(3, 4, 4),
                boxes,
                new float[] {0.75f, 0, 0, 0.5625f},
                new float[] {0, 0, 0.5f, 1, 0.5f, 0, 1, 1}),
            detector);
  }

  private static ModelData constants(Shape input, Map<String, Shape> shapes, float[]... values) {
    NetworkBuilder network = Network.builder("constants", input).add("flat", new Flatten());
    Map<String, float[]> weights = new LinkedHashMap<>();
    int i = 0;
    for (Map.Entry<String, Shape> e : shapes.entrySet()) {
      int count = values[i].length;
      network.add("l" + i, new Linear(count), "flat");
      network.add(
          e.getKey(),
          new Reshape(Arrays.stream(e.getValue().toArray()).mapToInt(Math::toIntExact).toArray()),
          "l" + i);
      weights.put("l" + i + ".weight", new float[count * (int) input.elements()]);
      weights.put("l" + i + ".bias", values[i]);
      i++;
    }
    Network built = network.output(shapes.keySet().toArray(String[]::new)).build();
    return new ModelData(built, weights, Map.of(), Map.of());
  }

  private Cli.Result pose(Object model, Object... more) {
    return Cli.run(List.of("pose", "--model", model), more);
  }

  @Test
  void boxesOfTheCommandLine() {
    // 20 x 20 pixels, padded to 25 x 25 from (17.5, 7.5): 5 pixels for a cell of the map
    assertThat(pose(maps, "--box", "20,10,40,30", picture, picture).succeeds().lines())
        .hasSize(2)
        .containsOnly(
            picture + "\tperson 1.0000 20.0,10.0,40.0,30.0 32.5,17.5,0.7500 22.5,27.5,0.5000");
    assertThat(
            pose(maps, "--padding", 1, "--box", "20,10,40,30", "--box", "0,0,20,20", picture)
                .succeeds()
                .lines())
        .containsExactly(
            picture
                + "\tperson 1.0000 20.0,10.0,40.0,30.0 32.0,18.0,0.7500 24.0,26.0,0.5000"
                + "\tperson 1.0000 0.0,0.0,20.0,20.0 12.0,8.0,0.7500 4.0,16.0,0.5000");
  }

  /** The box of 80 x 40 pixels becomes 80 x 80 pixels from (0, -20). */
  @Test
  void wholeImages() {
    assertThat(pose(maps, "--padding", 1, "--json", picture).succeeds().lines())
        .containsExactly(
            "{\"image\":\""
                + picture
                + "\",\"width\":80,\"height\":40,\"detections\":[{\"label\":\"person\",\"index\":0,"
                + "\"score\":1.0,\"box\":[0.0,0.0,80.0,40.0],"
                + "\"key_points\":[[48.0,12.0,0.75],[16.0,44.0,0.5]]}]}");
    Path out = dir.resolve("drawn");
    pose(maps, "--padding", 1, "--draw", out, picture).succeeds();
    Image drawn = Image.read(out.resolve("one.png"));
    assertThat(drawn.get(0, 12, 48)).isEqualTo(drawn.get(0, 0, 0));
    assertThat(drawn.get(0, 12, 48)).isNotEqualTo(Image.read(picture).get(0, 12, 48));
  }

  @Test
  void decoders() {
    Object[] box = {"--padding", 1, "--box", "0,0,40,40", picture};
    String line = picture + "\tperson 1.0000 0.0,0.0,40.0,40.0 ";
    assertThat(pose(simcc, box).succeeds().lines()).containsExactly(line + "12.0,6.0,0.6250");
    // aligned corners: 10 pixels from one cell to the next
    String udp =
        pose(maps, "--decoder", "udp", "--blur", 3, "--box", "0,0,40,40", "--padding", 1, picture)
            .succeeds()
            .lines()
            .get(0);
    assertThat(udp).startsWith(line + "30.0,20.0,0.7500 ");
    String dark =
        pose(maps, "--decoder", "DARK", "--box", "0,0,40,40", "--padding", 1, picture)
            .succeeds()
            .lines()
            .get(0);
    assertThat(dark).startsWith(line + "24.0,16.0,0.7500 ");
    assertThat(
            pose(
                    simcc,
                    "--decoder",
                    "simcc",
                    "--outputs",
                    "y,x",
                    "--box",
                    "0,0,40,40",
                    "--padding",
                    1,
                    picture)
                .succeeds()
                .lines())
        .containsExactly(line + "6.0,12.0,0.6250");
    pose(simcc, "--split", 3, picture).fails("output x has shape 1x20, expected [K, 30]");
    pose(simcc, "--decoder", "dark", picture)
        .isRefused("--decoder dark needs 1 output, found [x, y]");
    pose(maps, "--decoder", "simcc", picture).isRefused("simcc needs 2 outputs, found [m]");
    pose(maps, "--outputs", "z", picture).isRefused("unknown output z");
    pose(maps, "--split", 2, picture).isRefused("--split needs --decoder simcc");
    pose(maps, "--blur", 11, picture).isRefused("--blur needs --decoder dark or udp");
    pose(maps, "--decoder", "dark", "--blur", 4, picture).isRefused("blur 4 must be an odd number");
    pose(maps, "--decoder", "heat", picture)
        .isRefused("'heat' is not one of quarter_shift, dark, udp, simcc");
    pose(maps, "--padding", 0, picture).isRefused("padding 0.0 is outside [1, 10.0]");
  }

  @Test
  void boxesOfADetector() throws IOException {
    Object[] all = {
      "--padding", 1, "--detector", detector, "--boxes", "boxes", "--scores", "scores", picture
    };
    String left = "\t0 0.7500 0.0,0.0,40.0,40.0 24.0,16.0,0.7500 8.0,32.0,0.5000";
    String right = "\t1 0.5625 40.0,0.0,80.0,40.0 64.0,16.0,0.7500 48.0,32.0,0.5000";
    assertThat(pose(maps, all).succeeds().lines()).containsExactly(picture + left + right);
    Object[] first = Cli.joined(List.of("--class", "0"), all);
    assertThat(pose(maps, first).succeeds().lines()).containsExactly(picture + left);
    // persons only, if there are any in the classes
    Object[] named = Cli.joined(List.of("--classes", "dog,person"), all);
    assertThat(pose(maps, named).succeeds().lines())
        .containsExactly(picture + right.replace("\t1", "\tperson"));
    Object[] dogs = Cli.joined(List.of("--class", "dog", "--classes", "dog,person"), all);
    assertThat(pose(maps, dogs).succeeds().lines())
        .containsExactly(picture + left.replace("\t0", "\tdog"));
    Object[] none = Cli.joined(List.of("--score", 0.9), all);
    assertThat(pose(maps, none).succeeds().lines()).containsExactly(picture.toString());
    Object[] cats = Cli.joined(List.of("--class", "cat", "--classes", "dog,person"), all);
    pose(maps, cats).isRefused("unknown class cat, found [dog, person]");
    pose(maps, "--detector", maps, picture).isRefused("has no decoder of boxes");
    pose(maps, Cli.joined(List.of("--box", "0,0,9,9"), all))
        .isRefused("--box and --detector exclude each other");
    pose(maps, "--class", "cat", picture).isRefused("--class needs --detector");
    pose(maps, "--yolo", "v8", picture).isRefused("--yolo needs --detector");
  }

  /** A model file with a decoder and a preprocessing of its own. */
  @Test
  void aDetectorsFile() {
    Path file = dir.resolve("detector.safetensors");
    ModelFile.save(
        file,
        ModelData.load(detector)
            .withDetection(
                new DetectionTask(
                    new DecodedBoxes("scores", "boxes", -1), List.of("person", "car"))));
    assertThat(pose(simcc, "--padding", 1, "--detector", file, picture).succeeds().lines())
        .containsExactly(picture + "\tperson 0.7500 0.0,0.0,40.0,40.0 12.0,6.0,0.6250");
  }

  @Test
  void boxesThatAreRefused() throws IOException {
    for (String box : List.of("1,2,3", "1,2,3,4,5", "a,2,3,4", "")) {
      pose(maps, "--box", box, picture).isRefused("'" + box + "' is not LEFT,TOP,RIGHT,BOTTOM");
    }
    pose(maps, "--box", "9,9,1,1", picture).isRefused("box: left 9.0, top 9.0");
    pose(maps, "--box", "90,0,99,9", picture).fails("outside the image of 80x40 pixels");
    pose(maps, "--box", "1,1,1,9", picture).fails("must have a width and a height above 0");
    Path broken = Files.writeString(dir.resolve("broken.png"), "not an image");
    Cli.Result r = pose(maps, broken, picture);
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines()).hasSize(1);
    assertThat(r.err()).contains("broken.png");
  }
}
