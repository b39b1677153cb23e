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
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectCommandTest {
  @TempDir Path dir;
  private Path picture;
  private Path model;
  private Path plain;

  /** A model that says of every picture: a cat at the left, and a worse dog in the middle. */
  @BeforeEach
  void make() throws IOException {
    picture =
        Pictures.write(
            dir.resolve("one.png"), Pictures.plain(BufferedImage.TYPE_INT_RGB, 40, 20, 0x336699));
    Network network =
        Network.builder("pets", Shape.of(1, 4, 4))
            .add("flat", new Flatten())
            .add("s", new Linear(4), "flat")
            .add("scores", new Reshape(2, 2))
            .add("b", new Linear(8), "flat")
            .add("boxes", new Reshape(2, 4))
            .output("scores", "boxes")
            .build();
    ModelData data =
        new ModelData(
            network,
            Map.of(
                "s.weight", new float[64],
                "s.bias", new float[] {0.75f, 0, 0, 0.5625f},
                "b.weight", new float[128],
                "b.bias", new float[] {0, 0, 0.25f, 1, 0.25f, 0.25f, 0.75f, 0.75f}),
            Map.of(),
            Map.of());
    plain = dir.resolve("plain.safetensors");
    ModelFile.save(plain, data);
    model = dir.resolve("pets.safetensors");
    ModelFile.save(
        model,
        data.withDetection(
            new DetectionTask(
                new DecodedBoxes("scores", "boxes", -1), List.of("cat", "dog\tand\nbone"))));
  }

  @Test
  void aLineForEachImage() {
    Cli.Result r = Cli.run("detect", "--model", model, picture, picture).succeeds();
    String line =
        picture + "\tcat 0.7500 0.0,0.0,10.0,20.0\tdog and bone 0.5625 10.0,5.0,30.0,15.0";
    assertThat(r.lines()).containsExactly(line, line);
    assertThat(Cli.run("detect", "--model", model, "--score", 0.6, picture).lines())
        .containsExactly(picture + "\tcat 0.7500 0.0,0.0,10.0,20.0");
    assertThat(Cli.run("detect", "--model", model, "--score", 0.9, picture).lines())
        .containsExactly(picture.toString());
  }

  @Test
  void json() {
    Cli.Result r = Cli.run("detect", "--model", model, "--json", "--iou", 0.4, picture).succeeds();
    assertThat(r.lines())
        .containsExactly(
            "{\"image\":\""
                + picture
                + "\",\"width\":40,\"height\":20,\"detections\":[{\"label\":\"cat\",\"index\":0,"
                + "\"score\":0.75,\"box\":[0.0,0.0,10.0,20.0]},{\"label\":"
                + "\"dog\\tand\\nbone\",\"index\":1,\"score\":0.5625,"
                + "\"box\":[10.0,5.0,30.0,15.0]}]}");
  }

  @Test
  void boxesAreDrawn() {
    Path out = dir.resolve("made/drawings");
    Cli.run("detect", "--model", model, "--draw", out, picture).succeeds();
    Image drawn = Image.read(out.resolve("one.png"));
    Image before = Image.read(picture);
    assertThat(drawn.shape()).isEqualTo(before.shape());
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 40; x++) {
        boolean cat = x <= 9 && (x == 0 || x == 9 || y == 0 || y == 19);
        boolean inDog = x >= 10 && x < 30 && y >= 5 && y < 15;
        boolean dog = inDog && (x == 10 || x == 29 || y == 5 || y == 14);
        boolean same = true;
        for (int c = 0; c < 3; c++) {
          same &= drawn.get(c, y, x) == before.get(c, y, x);
        }
        assertThat(same).as("%s, %s", x, y).isEqualTo(!cat && !dog);
      }
    }
    int cat = drawn.get(0, 0, 0) << 16 | drawn.get(1, 0, 0) << 8 | drawn.get(2, 0, 0);
    int dog = drawn.get(0, 5, 10) << 16 | drawn.get(1, 5, 10) << 8 | drawn.get(2, 5, 10);
    assertThat(cat).isNotEqualTo(dog);
  }

  /** A person in the middle, with one visible key point and one that is hidden. */
  @Test
  void keyPoints() {
    Network network =
        Network.builder("pose", Shape.of(1, 4, 4))
            .add("flat", new Flatten())
            .add("p", new Linear(11), "flat")
            .add("poses", new Reshape(11, 1))
            .output("poses")
            .build();
    float[] values = {2, 2, 2, 2, 0.75f, 2, 2, 0.625f, 0.5f, 2, 0.25f};
    Path pose = dir.resolve("pose.safetensors");
    ModelFile.save(
        pose,
        new ModelData(
            network, Map.of("p.weight", new float[11 * 16], "p.bias", values), Map.of(), Map.of()));
    Path out = dir.resolve("poses");
    Object[] only = {"detect", "--model", pose, "--yolo", "v8", "--key-points", 2};
    assertThat(with(only, "--draw", out, picture).succeeds().lines())
        .containsExactly(
            picture + "\t0 0.7500 10.0,5.0,30.0,15.0 20.0,10.0,0.6250 5.0,10.0,0.2500");
    assertThat(with(only, "--classes", "person", picture).succeeds().out())
        .contains("\tperson 0.7500 10.0");
    assertThat(with(only, "--json", picture).succeeds().lines().get(0))
        .contains("\"key_points\":[[20.0,10.0,0.625],[5.0,10.0,0.25]]}]}");
    Image drawn = Image.read(out.resolve("one.png"));
    Image before = Image.read(picture);
    assertThat(drawn.get(0, 10, 20)).isEqualTo(drawn.get(0, 5, 10));
    assertThat(drawn.get(0, 10, 20)).isNotEqualTo(before.get(0, 10, 20));
    assertThat(drawn.get(1, 11, 21)).isEqualTo(drawn.get(1, 5, 10));
    assertThat(drawn.get(0, 10, 22)).isEqualTo(before.get(0, 10, 22));
    assertThat(drawn.get(0, 10, 5)).isEqualTo(before.get(0, 10, 5));
    Object[] plainly = {"detect", "--model", pose, "--key-points"};
    with(plainly, 2, picture).isRefused("--key-points needs --yolo v8");
    with(plainly, 2, "--yolo", "v5", picture).isRefused("--key-points needs --yolo v8");
    with(plainly, 0, "--yolo", "v8", picture).isRefused("key points 0 is outside [1, 10000]");
    with(plainly, 4, "--yolo", "v8", picture).isRefused("expected [4 + C + 12, N]");
  }

  /** The left half of a 40 x 20 image is an object; its box is the whole image. */
  @Test
  void masks() {
    Network network =
        Network.builder("seg", Shape.of(1, 4, 4))
            .add("flat", new Flatten())
            .add("r", new Linear(6), "flat")
            .add("rows", new Reshape(6, 1), "r")
            .add("p", new Linear(2), "flat")
            .add("protos", new Reshape(1, 1, 2), "p")
            .output("rows", "protos")
            .build();
    Map<String, float[]> weights =
        Map.of(
            "r.weight", new float[6 * 16],
            "r.bias", new float[] {2, 2, 4, 4, 0.75f, 1},
            "p.weight", new float[2 * 16],
            "p.bias", new float[] {9, -9});
    Path seg = dir.resolve("seg.safetensors");
    ModelFile.save(seg, new ModelData(network, weights, Map.of(), Map.of()));
    Path out = dir.resolve("masks");
    Object[] only = {"detect", "--model", seg, "--yolo", "v8", "--masks"};
    assertThat(with(only, "--draw", out, picture).succeeds().lines())
        .containsExactly(picture + "\t0 0.7500 0.0,0.0,40.0,20.0");
    // counts 0, 400, 400, with 400 = 16 + 12 * 32
    assertThat(with(only, "--json", picture).succeeds().lines().get(0))
        .endsWith("\"mask\":{\"size\":[20,40],\"counts\":\"0`<`<\"}}]}");
    Image drawn = Image.read(out.resolve("one.png"));
    Image before = Image.read(picture);
    for (int c = 0; c < 3; c++) {
      int frame = drawn.get(c, 0, 0);
      assertThat(drawn.get(c, 10, 19)).isEqualTo((before.get(c, 10, 19) + frame) / 2);
      assertThat(drawn.get(c, 10, 20)).isEqualTo(before.get(c, 10, 20));
    }
    Object[] plainly = {"detect", "--model", seg, "--masks"};
    with(plainly, picture).isRefused("--masks needs --yolo v8");
    with(plainly, "--yolo", "v5", picture).isRefused("--masks needs --yolo v8");
    with(plainly, "--yolo", "v8", "--key-points", 2, picture)
        .isRefused("--masks and --key-points exclude each other");
  }

  @Test
  void noPictureThatIsAskedAboutIsReplaced() throws IOException {
    byte[] before = Files.readAllBytes(picture);
    Cli.run("detect", "--model", model, "--draw", dir, picture)
        .fails("is one of the input images; choose another --out");
    assertThat(Files.readAllBytes(picture)).isEqualTo(before);
  }

  @Test
  void othersAreDoneWhereOneCannotBeRead() throws IOException {
    Path broken = Files.writeString(dir.resolve("broken.png"), "no picture");
    Cli.Result r = Cli.run("detect", "--model", model, broken, dir.resolve("none.png"), picture);
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines()).hasSize(1);
    assertThat(r.err().lines()).hasSize(2);
    assertThat(r.err()).contains("broken.png", "none.png");
  }

  @Test
  void optionsSayWhatOutputsAre() {
    Cli.run("detect", "--model", plain, picture)
        .isRefused("has no decoder of boxes from its outputs [scores, boxes]", "--yolo");
    Object[] said = {
      "detect", "--model", plain, "--boxes", "boxes", "--scores", "scores", "--classes", "cat,dog"
    };
    assertThat(with(said, picture).succeeds().lines())
        .containsExactly(picture + "\tcat 0.7500 0.0,0.0,10.0,20.0\tdog 0.5625 10.0,5.0,30.0,15.0");
    assertThat(with(said, "--background", 0, picture).succeeds().lines())
        .containsExactly(picture + "\tdog 0.5625 10.0,5.0,30.0,15.0");
    assertThat(with(said, "--box-pixels", "--form", "center_size", picture).succeeds().lines())
        .containsExactly(picture + "\tcat 0.7500 0.0,0.0,1.3,2.5\tdog 0.5625 0.0,0.0,6.3,3.1");
    assertThat(with(said, "--function", "softmax", "--score", 0.65, picture).succeeds().lines())
        .containsExactly(picture + "\tcat 0.6792 0.0,0.0,10.0,20.0");
    assertThat(with(said, "--mean", 127, "--std", 128, "--pixels", 255, picture).succeeds().lines())
        .hasSize(1);
  }

  private static Cli.Result with(Object[] first, Object... more) {
    Object[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return Cli.run(all);
  }

  @Test
  void optionsThatDoNotGoTogether() {
    Object[] only = {"detect", "--model", plain};
    with(only, "--boxes", "boxes", picture).isRefused("boxes require --boxes and --scores");
    with(only, "--classes", "a,b", picture).isRefused("--classes needs --boxes and --scores");
    with(only, "--background", 0, picture).isRefused("boxes require --boxes and --scores");
    with(only, "--boxes", "boxes", "--scores", "scores", "--classes", "a,b,c", picture)
        .isRefused("3 class names do not fit the 2 classes");
    with(only, "--boxes", "boxes", "--scores", "scores", "--classes", 3, picture)
        .isRefused("3 class names do not fit the 2 classes");
    with(only, "--boxes", "boxes", "--scores", "scores", "--classes", 2, picture).succeeds();
    with(only, "--boxes", "x", "--scores", "scores", picture).isRefused("unknown output x");
    with(only, "--yolo", "v9", picture).isRefused("'v9' is not v5, v7, v8 or v11");
    with(only, "--yolo", "v8", picture).isRefused("expected [4 + C, N]");
    with(only, "--form", "round", picture).isRefused("'round' is not one of left_top_right_bottom");
    with(only, "--boxes", "boxes", "--scores", "scores", "--mean", 1, picture)
        .isRefused("--mean and --std must be given together");
    Object[] named = {"detect", "--model", model};
    with(named, "--boxes", "boxes", "--scores", "scores", picture)
        .isRefused("already has a decoder for boxes");
    with(named, "--iou", 2, picture).isRefused("nms: iou 2.0 is outside [0, 1]");
    with(named, "--channels", "rgb", picture).isRefused("1 means do not fit RGB");
    Cli.run("detect", "--model", dir.resolve("none.safetensors"), picture)
        .fails("none.safetensors");
  }
}
