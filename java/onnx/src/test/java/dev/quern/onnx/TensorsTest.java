package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.layer.shape.Constant;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.AttributeProto.AttributeType;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Known numbers: of every type, listed, raw, in files beside the model, in nodes. */
class TensorsTest {
  private static final int UINT8 = 2;
  private static final int INT8 = 3;
  private static final int INT32 = 6;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;
  private static final int BFLOAT16 = 16;

  @TempDir Path dir;

  private Path write(ModelProto.Builder model) throws IOException {
    return Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
  }

  /** A model that adds the tensor to its input. */
  private ModelProto.Builder adding(TensorProto.Builder w) {
    ModelProto.Builder model = Graphs.of("Add x[1,3] w(3) -> y");
    model.getGraphBuilder().setInitializer(0, w.setName("w"));
    return model;
  }

  private float[] read(TensorProto.Builder w) throws IOException {
    return constant(Onnx.load(write(adding(w))));
  }

  private static float[] constant(ModelData data) {
    return data.network().nodes().stream()
        .filter(n -> n.layer() instanceof Constant)
        .map(n -> ((Constant) n.layer()).values())
        .findFirst()
        .orElseThrow();
  }

  private static TensorProto.Builder raw(int type, ByteBuffer bytes) {
    return TensorProto.newBuilder()
        .setDataType(type)
        .addDims(3)
        .setRawData(ByteString.copyFrom(bytes.array()));
  }

  private static ByteBuffer bytes(int n) {
    return ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TensorProto.Builder listed(int type, int... values) {
    TensorProto.Builder t = TensorProto.newBuilder().setDataType(type).addDims(3);
    for (int v : values) {
      t.addInt32Data(v);
    }
    return t;
  }

  @Test
  void rawNumbers() throws IOException {
    assertThat(read(raw(1, bytes(12).putFloat(1.5f).putFloat(-2).putFloat(3))))
        .containsExactly(1.5f, -2, 3);
    assertThat(read(raw(DOUBLE, bytes(24).putDouble(1.5).putDouble(-2).putDouble(3))))
        .containsExactly(1.5f, -2, 3);
    assertThat(
            read(
                raw(
                    FLOAT16,
                    bytes(6)
                        .putShort((short) 0x3e00)
                        .putShort((short) 0xc000)
                        .putShort((short) 1))))
        .containsExactly(1.5f, -2, 0x1p-24f);
    assertThat(
            read(
                raw(
                    BFLOAT16,
                    bytes(6)
                        .putShort((short) 0x3fc0)
                        .putShort((short) 0xc000)
                        .putShort((short) 0x4040))))
        .containsExactly(1.5f, -2, 3);
    assertThat(read(raw(INT8, bytes(3).put((byte) -128).put((byte) 2).put((byte) 127))))
        .containsExactly(-128, 2, 127);
    assertThat(read(raw(UINT8, bytes(3).put((byte) -128).put((byte) 2).put((byte) 255))))
        .containsExactly(128, 2, 255);
    assertThat(read(raw(INT32, bytes(12).putInt(-70_000).putInt(2).putInt(3))))
        .containsExactly(-70_000, 2, 3);
    assertThat(read(raw(7, bytes(24).putLong(-1L << 40).putLong(2).putLong(3))))
        .containsExactly(-0x1p40f, 2, 3);
  }

  @Test
  void listedNumbers() throws IOException {
    assertThat(read(listed(FLOAT16, 0x3e00, 0xc000, 1))).containsExactly(1.5f, -2, 0x1p-24f);
    assertThat(read(listed(BFLOAT16, 0x3fc0, 0xc000, 0x4040))).containsExactly(1.5f, -2, 3);
    assertThat(read(listed(INT8, -128, 2, 127))).containsExactly(-128, 2, 127);
    assertThat(read(listed(UINT8, 128, 2, 255))).containsExactly(128, 2, 255);
    assertThat(read(listed(INT32, -70_000, 2, 3))).containsExactly(-70_000, 2, 3);
    TensorProto.Builder t = TensorProto.newBuilder().addDims(3);
    assertThat(read(t.clone().setDataType(1).addAllFloatData(List.of(1.5f, -2f, 3f))))
        .containsExactly(1.5f, -2, 3);
    assertThat(read(t.clone().setDataType(DOUBLE).addAllDoubleData(List.of(1.5, -2.0, 3.0))))
        .containsExactly(1.5f, -2, 3);
    assertThat(read(t.clone().setDataType(7).addAllInt64Data(List.of(-1L, 2L, 3L))))
        .containsExactly(-1, 2, 3);
    assertThat(read(t.clone().setDataType(12).addAllUint64Data(List.of(1L << 31, 2L, 3L))))
        .containsExactly(0x1p31f, 2, 3);
  }

  /** ONNX Runtime agrees on halves. */
  @Test
  void halvesAsConstantsOfACast() {
    ModelProto.Builder model = Graphs.of("Cast w(3) -> c to=1", "Add x[1,3] c -> y");
    model.getGraphBuilder().setInitializer(0, listed(FLOAT16, 0x3555, 0xfbff, 0x0401).setName("w"));
    Judge.agree(dir, model);
  }

  private static TensorProto.Builder external(String location, String... more) {
    TensorProto.Builder t =
        TensorProto.newBuilder()
            .setDataType(1)
            .addDims(3)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    t.addExternalDataBuilder().setKey("location").setValue(location);
    for (int i = 0; i < more.length; i += 2) {
      t.addExternalDataBuilder().setKey(more[i]).setValue(more[i + 1]);
    }
    return t;
  }

  private byte[] numbers() {
    ByteBuffer b = bytes(20);
    for (int i = 0; i < 5; i++) {
      b.putFloat(i + 0.5f);
    }
    return b.array();
  }

  @Test
  void numbersInAFileBeside() throws IOException {
    Files.write(dir.resolve("w.bin"), numbers());
    Files.createDirectory(dir.resolve("sub"));
    Files.write(dir.resolve("sub/w.bin"), Arrays.copyOf(numbers(), 12));
    assertThat(read(external("w.bin", "offset", "4", "length", "12")))
        .containsExactly(1.5f, 2.5f, 3.5f);
    assertThat(read(external("w.bin", "offset", "8"))).containsExactly(2.5f, 3.5f, 4.5f);
    assertThat(read(external("sub/w.bin"))).containsExactly(0.5f, 1.5f, 2.5f);
    assertThat(read(external("sub/../w.bin", "length", "12", "checksum", "x")))
        .containsExactly(0.5f, 1.5f, 2.5f);
    Judge.agree(dir, adding(external("w.bin", "offset", "4", "length", "12")));
  }

  @Test
  void filesThatAreNotBeside() throws IOException {
    Path outside = Files.createTempFile("outside", ".bin");
    try {
      Files.write(outside, Arrays.copyOf(numbers(), 12));
      Files.createSymbolicLink(dir.resolve("link.bin"), outside);
      Files.createSymbolicLink(dir.resolve("up"), outside.getParent());
      for (String location :
          List.of(
              "",
              "..",
              "../x",
              outside.toString(),
              "/etc/passwd",
              "link.bin",
              "up/" + outside.getFileName(),
              "a/../../x")) {
        assertThatThrownBy(() -> read(external(location)))
            .as(location)
            .isInstanceOf(FormatException.class)
            .hasMessageContaining("is outside the model's folder");
      }
    } finally {
      Files.delete(outside);
    }
    assertThatThrownBy(() -> read(external("a\0b")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("an invalid external file name");
  }

  @Test
  void partsThatAreNotThere() throws IOException {
    Files.write(dir.resolve("w.bin"), numbers());
    assertThatThrownBy(() -> read(external("none.bin"))).isInstanceOf(NotFoundException.class);
    for (String[] part :
        new String[][] {
          {"offset", "21"},
          {"offset", "9223372036854775807", "length", "12"},
          {"offset", "12", "length", "12"},
          {"length", "9223372036854775807"},
          {"offset", "-4"},
          {"length", "-1"},
          {"offset", "x"},
          {"length", "99999999999999999999"},
          {"length", "8"},
          {}
        }) {
      assertThatThrownBy(() -> read(external("w.bin", part)))
          .as(String.join(" ", part))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("tensor w");
    }
    Files.createDirectory(dir.resolve("folder"));
    assertThatThrownBy(() -> read(external("folder"))).isInstanceOf(FormatException.class);
  }

  /** Files of IR version 3 list known tensors among the inputs. */
  @Test
  void tensorsThatAreInputsToo() {
    ModelProto.Builder model = Graphs.of("Add x[1,3] w(3) -> y").setIrVersion(3);
    model.getGraphBuilder().addInput(Graphs.port("w", 3));
    assertThat(Judge.agree(dir, model).network().inputs()).containsOnlyKeys("x");
  }

  @Test
  void constantNodes() {
    for (String value :
        List.of("value_float=1.5", "value_floats=1.5,2.5,-3.5", "value_floats=1.5,")) {
      Judge.agree(dir, Graphs.of("Constant -> c " + value, "Add x[1,3] c -> y"));
    }
    for (String value : List.of("value_int=3", "value_ints=3,2,1")) {
      Judge.agree(
          dir, Graphs.of("Constant -> c " + value, "Cast c -> f to=1", "Add x[1,3] f -> y"));
    }
    ModelProto.Builder model = Graphs.of("Constant -> c", "Add x[1,3] c -> y");
    model
        .getGraphBuilder()
        .getNodeBuilder(0)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeType.TENSOR)
                .setT(Graphs.floats("", new long[] {3}, 1, 2, 3)));
    Judge.agree(dir, model);
  }

  /** As files of IR version 1 and 2 have them. */
  @Test
  void attributesWithoutAKind() {
    ModelProto.Builder model =
        Graphs.of(7, "Conv x[1,2,5,5] w(2,2,3,3) -> c pads=1,1,1,1", "LeakyRelu c -> y alpha=0.5")
            .setIrVersion(3);
    assertThat(strip(model)).isNotNull();
  }

  private ModelData strip(ModelProto.Builder model) {
    try {
      Path typed = write(model);
      model
          .getGraphBuilder()
          .getNodeBuilderList()
          .forEach(n -> n.getAttributeBuilderList().forEach(AttributeProto.Builder::clearType));
      Path file = Files.write(dir.resolve("old.onnx"), model.build().toByteArray());
      ModelData read = Onnx.load(file);
      assertThat(read.network().nodes()).isEqualTo(Onnx.load(typed).network().nodes());
      Judge.compare(typed, read);
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
