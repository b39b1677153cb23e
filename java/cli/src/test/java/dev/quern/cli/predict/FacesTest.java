package dev.quern.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.io.ModelFile;
import dev.quern.layer.AdaptiveAvgPool2d;
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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Option {@code --faces} of import and detect, with networks whose outputs are constants. */
class FacesTest {
  @TempDir Path dir;
  private Path picture;
  private final Map<String, float[]> outputs = new LinkedHashMap<>();
  private final Map<String, Integer> columns = new LinkedHashMap<>();

  @BeforeEach
  void make() throws IOException {
    picture =
        Pictures.write(
            dir.resolve("one.png"), Pictures.plain(BufferedImage.TYPE_INT_RGB, 64, 32, 0x336699));
  }

  /** Adds an output of these rows and columns, all with one value; returns the values. */
  private float[] output(String name, int rows, int each, float value) {
    float[] values = new float[rows * each];
    Arrays.fill(values, value);
    outputs.put(name, values);
    columns.put(name, each);
    return values;
  }

  private ModelData model(int side) {
    NetworkBuilder network =
        Network.builder("faces", Shape.of(1, side, side))
            .add("mean", new AdaptiveAvgPool2d(1))
            .add("flat", new Flatten());
    Map<String, float[]> weights = new LinkedHashMap<>();
    outputs.forEach(
        (name, values) -> {
          int each = columns.get(name);
          network.add(name + "_values", new Linear(values.length), "flat");
          network.add(name, new Reshape(values.length / each, each), name + "_values");
          weights.put(name + "_values.weight", new float[values.length]);
          weights.put(name + "_values.bias", values);
        });
    Network built = network.output(outputs.keySet().toArray(String[]::new)).build();
    return new ModelData(built, weights, Map.of(), Map.of());
  }

  private Path saved(int side) {
    Path file = dir.resolve("model" + side + ".safetensors");
    ModelFile.save(file, model(side));
    return file;
  }

  /** A network of inputs of 32 x 32, with one face in the only cell of 32. */
  private void yuNet() {
    for (int stride : new int[] {8, 16, 32}) {
      int cells = (32 / stride) * (32 / stride);
      output("cls_" + stride, cells, 1, stride == 32 ? 0.5625f : -1);
      output("obj_" + stride, cells, 1, 1.5f);
      output("bbox_" + stride, cells, 4, 0)[0] = 0.5f;
      outputs.get("bbox_" + stride)[1] = 0.5f;
      output("kps_" + stride, cells, 10, 0.25f);
    }
  }

  private static String points(String point, int count) {
    return (" " + point + ",1.0000").repeat(count);
  }

  @Test
  void yuNetFromOnnx() throws IOException {
    yuNet();
    Path onnx = dir.resolve("yunet.onnx");
    new OnnxWriter().save(model(32), onnx);
    Path model = dir.resolve("yunet.safetensors");
    Cli.run("import", onnx, "--faces", "yunet", "--out", model).succeeds();
    String face = " 0.7500 0.0,0.0,64.0,32.0" + points("16.0,8.0", 5);
    assertThat(Cli.run("detect", "--model", model, picture).succeeds().lines())
        .containsExactly(picture + "\tface" + face);
    Path plain = saved(32);
    Object[] named = {"detect", "--model", plain, "--faces", "YuNet", "--classes", "head", picture};
    assertThat(Cli.run(named).succeeds().lines()).containsExactly(picture + "\thead" + face);
  }

  @Test
  void scrfd() {
    for (int stride : new int[] {8, 16, 32}) {
      output("s" + stride, 2 * (32 / stride) * (32 / stride), 1, stride == 8 ? 0.25f : 0);
    }
    for (int stride : new int[] {8, 16, 32}) {
      output("d" + stride, 2 * (32 / stride) * (32 / stride), 4, 1);
    }
    for (int stride : new int[] {8, 16, 32}) {
      output("k" + stride, 2 * (32 / stride) * (32 / stride), 10, 0.5f);
    }
    outputs.get("s16")[7] = 0.75f; // the second anchor of the last of four cells, at (16, 16)
    Object[] detect = {"detect", "--model", saved(32), "--faces", "scrfd", picture};
    assertThat(Cli.run(detect).succeeds().lines())
        .containsExactly(picture + "\tface 0.7500 0.0,0.0,64.0,32.0" + points("48.0,24.0", 5));
  }

  /** An output for each grid, the coarse one first. */
  @Test
  void blazeFaces() {
    output("b1", 384, 16, 0);
    output("b0", 512, 16, 0);
    output("s1", 384, 1, -20);
    output("s0", 512, 1, -20);
    outputs.get("s0")[3] = 2; // the second anchor of the second cell
    outputs.get("b0")[3 * 16 + 2] = 8;
    outputs.get("b0")[3 * 16 + 3] = 16;
    String face = picture + "\tface 0.8808 ";
    // the cell's center is (12, 4), and pixels are half as wide and a quarter as high
    assertThat(faces("blazeface", 128, picture).succeeds().lines())
        .containsExactly(face + "4.0,0.0,8.0,3.0" + points("6.0,1.0", 6));
    // (24, 8), a quarter as wide and an eighth as high
    assertThat(faces("blazeface", 256, picture).succeeds().lines())
        .containsExactly(face + "5.0,0.0,7.0,2.0" + points("6.0,1.0", 6));
    faces("blazeface", 192, picture).isRefused("outputs [s0, s1] have 896 rows, expected 2304");
    faces("blazeface", 64, picture)
        .isRefused("blazeface: input 1x64x64 must be 3x128x128 (short range), 3x192x192");
    outputs.clear();
    float[] boxes = output("b0", 2304, 16, 0);
    boxes[2303 * 16 + 2] = 4;
    boxes[2303 * 16 + 3] = 4;
    output("s0", 2304, 1, -20)[2303] = 2; // (190, 190)
    assertThat(faces("blazeface", 192, picture).succeeds().out())
        .contains("62.7,31.3,64.0,32.0 63.3,31.7,1.0000");
  }

  private Cli.Result faces(String which, int side, Object... more) {
    Object[] all = {"detect", "--model", saved(side), "--faces", which};
    Object[] line = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, line, all.length, more.length);
    return Cli.run(line);
  }

  @Test
  void networksAndOptionsThatDoNotFit() {
    yuNet();
    faces("retinaface", 32, picture)
        .isRefused("'retinaface' is not one of blazeface, yunet, scrfd");
    for (Object[] other : List.of(new Object[] {"--yolo", "v8"}, new Object[] {"--box-pixels"})) {
      Object[] more = Arrays.copyOf(other, other.length + 1);
      more[other.length] = picture;
      faces("yunet", 32, more).isRefused("--faces excludes the options of other detectors");
    }
    faces("yunet", 32, "--classes", "face,head", picture)
        .isRefused("2 class names do not fit the 1 classes");
    faces("yunet", 64, picture).fails("output bbox_8 has shape 16x4, expected [64, 4]");
    faces("scrfd", 32, picture).isRefused("scrfd: found 12 outputs, expected 9");
    faces("blazeface", 128, picture).isRefused("blazeface: the list of boxes is empty");
    outputs.remove("kps_32");
    faces("yunet", 32, picture).isRefused("unknown output kps_32");
  }
}
