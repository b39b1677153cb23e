package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are broken, cut or of another form end in a typed error that says why. */
class HostileFilesTest extends HostileFolder {
  @Test
  void noModelAtAll() throws IOException {
    assertThatThrownBy(() -> Onnx.load(write(new byte[0])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("it is empty");
    assertThatThrownBy(() -> Onnx.load(dir))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> Onnx.load(dir.resolve("none.onnx")))
        .isInstanceOf(NotFoundException.class);
    for (String text : List.of("x", "<html>", "a text of some length, which is no model\n", "{}")) {
      assertThatThrownBy(() -> Onnx.load(write(text.getBytes(StandardCharsets.UTF_8))))
          .as(text)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("not an ONNX model");
    }
  }

  /** Whatever a download leaves. */
  @Test
  void cutAtEveryByte() throws IOException {
    byte[] whole =
        Graphs.of("Conv x[1,2,4,4] w(2,2,3,3) b(2) -> c", "Relu c -> y").build().toByteArray();
    int read = 0;
    for (int n = 0; n < whole.length; n++) {
      Path file = write(Arrays.copyOf(whole, n));
      Throwable thrown = catchThrowable(() -> Onnx.load(file));
      if (thrown == null) {
        read++;
      } else {
        assertThat(thrown).as("%s bytes", n).isInstanceOf(QuernException.class);
      }
    }
    // the graph ends before the list of operator sets does, which opset 1 would be without
    assertThat(read).isZero();
    assertThat(Onnx.load(write(whole)).network().nodes()).hasSize(2);
  }

  /** One flipped bit anywhere gives a typed error or another model. */
  @Test
  void everyBitFlipped() throws IOException {
    byte[] whole =
        Graphs.of("Gemm x[1,2] w(2,3) b(3) -> g transA=0", "Softmax g -> y axis=1")
            .build()
            .toByteArray();
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] other = whole.clone();
      other[bit / 8] ^= (byte) (1 << bit % 8);
      Path file = write(other);
      Throwable thrown = catchThrowable(() -> Onnx.load(file));
      if (thrown != null) {
        assertThat(thrown).as("bit %s", bit).isInstanceOf(QuernException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 5, 27, Long.MAX_VALUE})
  void opsetsThatAreNotRead(long opset) throws IOException {
    refused(Graphs.of(opset, "Relu x[1,3] -> y"), "its opset is " + opset);
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7, 13, 21, 26})
  void opsetsThatAreRead(long opset) throws IOException {
    for (long version : new long[] {3, 4, 8, 11}) {
      Path file = write(Graphs.of(opset, "Relu x[1,3] -> y").setIrVersion(version));
      assertThat(Onnx.load(file).network().nodes()).hasSize(1);
    }
  }

  @Test
  void operatorSetsThatNothingUses() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    model.addOpsetImportBuilder().setDomain("com.microsoft").setVersion(1);
    model.addOpsetImportBuilder().setDomain("ai.onnx.ml").setVersion(99);
    assertThat(Onnx.load(write(model)).network().nodes()).hasSize(1);
  }

  @Test
  void anotherDomain() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    model.getGraphBuilder().getNodeBuilder(0).setDomain("com.microsoft");
    refused(model, "Relu y: the operator is not supported");
  }

  /** Messages in messages in messages. */
  @Test
  void deepNesting() throws IOException {
    GraphProto graph = GraphProto.getDefaultInstance();
    for (int i = 0; i < 300; i++) {
      AttributeProto.Builder a = AttributeProto.newBuilder().setName("g").setG(graph);
      graph = GraphProto.newBuilder().addNode(NodeProto.newBuilder().addAttribute(a)).build();
    }
    refused(ModelProto.newBuilder().setGraph(graph), "not an ONNX model");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (int i = 0; i < 100_000; i++) {
      out.writeTag(99, 3); // a group begins
    }
    out.flush();
    Path file = write(bytes.toByteArray());
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not an ONNX model");
  }

  /** Fields that no version of the format has are passed over. */
  @Test
  void fieldsOfTheFuture() throws IOException {
    ModelProto.Builder model = Graphs.of("Add x[1,3] w(3) -> y");
    UnknownFieldSet future =
        UnknownFieldSet.newBuilder()
            .addField(
                5000,
                UnknownFieldSet.Field.newBuilder()
                    .addVarint(7)
                    .addLengthDelimited(ByteString.copyFromUtf8("x"))
                    .build())
            .build();
    model.setUnknownFields(future);
    model.getGraphBuilder().setUnknownFields(future);
    model.getGraphBuilder().getInitializerBuilder(0).setUnknownFields(future);
    model.getGraphBuilder().getNodeBuilder(0).setUnknownFields(future);
    assertThat(Onnx.load(write(model)).network().nodes()).isNotEmpty();
  }

  @Test
  void namesOfAnyKind() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    for (String name :
        List.of("", "a/b:0", "..", "\u0000", "ü😀", "a".repeat(100_000), " ", "input")) {
      model
          .getGraphBuilder()
          .setName(name)
          .getNodeBuilder(0)
          .setName(name)
          .setOutput(0, name + "y");
      Graphs.withOutputs(model, name + "y");
      model.getGraphBuilder().setInput(0, Graphs.port(name + "x", 1, 3));
      model.getGraphBuilder().getNodeBuilder(0).setInput(0, name + "x");
      assertThat(Onnx.load(write(model)).network().nodes()).as(name).hasSize(1);
    }
  }
}
