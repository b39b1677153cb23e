package dev.quern.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Main;
import dev.quern.data.Image;
import dev.quern.image.Images;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.onnx.proto.OnnxProto.ValueInfoProto;
import dev.quern.tensor.Shape;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern detect} by an ONNX file that contains its non-maximum suppression. */
class WholeDetectorTest {
  private static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
  private static final int INT64 = TensorProto.DataType.INT64_VALUE;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("detector");

  @TempDir private Path dir;

  private void floats(String name, long[] dims, float... values) {
    TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    Arrays.stream(dims).forEach(t::addDims);
    for (float v : values) {
      t.addFloatData(v);
    }
    graph.addInitializer(t);
  }

  private void longs(String name, long... values) {
    TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(INT64);
    t.addDims(values.length);
    Arrays.stream(values).forEach(t::addInt64Data);
    graph.addInitializer(t);
  }

  private NodeProto.Builder node(String operator, String output, String... inputs) {
    NodeProto.Builder node = graph.addNodeBuilder().setOpType(operator).addOutput(output);
    return node.addAllInput(List.of(inputs));
  }

  private static AttributeProto integer(String name, long value) {
    AttributeProto.Builder a = AttributeProto.newBuilder().setName(name).setI(value);
    return a.setType(AttributeProto.AttributeType.INT).build();
  }

  private static ValueInfoProto port(String name, int type, long... dims) {
    ValueInfoProto.Builder port = ValueInfoProto.newBuilder().setName(name);
    var tensor = port.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
    var shape = tensor.getShapeBuilder();
    for (long d : dims) {
      if (d < 0) {
        shape.addDimBuilder().setDimParam("d" + shape.getDimCount());
      } else {
        shape.addDimBuilder().setDimValue(d);
      }
    }
    return port.build();
  }

  /** Three boxes, multiplied by the largest pixel of the image; the second is suppressed. */
  private Path detector(int height, int width) throws Exception {
    graph.clear().setName("detector").addInput(port("image", FLOAT, 3, height, width));
    floats("boxes", new long[] {1, 3, 4}, 1, 2, 11, 12, 1, 2, 11, 11, 20, 5, 60, 15);
    floats("table", new long[] {1, 1, 3}, 0.875f, 0.75f, 0.625f);
    floats("each", new long[] {3}, 0.875f, 0.75f, 0.625f);
    floats("iou", new long[] {1}, 0.5f);
    floats("low", new long[] {1}, 0.05f);
    longs("most", 10);
    longs("third", 2);
    longs("flat", -1);
    longs("by box", 3, 4);
    longs("labels", 2, 2, 1);
    node("ReduceMax", "bright", "image").addAttribute(integer("keepdims", 0));
    node("Mul", "candidates", "boxes", "bright");
    node("NonMaxSuppression", "kept", "candidates", "table", "most", "iou", "low");
    node("Gather", "column", "kept", "third").addAttribute(integer("axis", 1));
    node("Reshape", "rows", "column", "flat");
    node("Reshape", "all", "candidates", "by box");
    node("Gather", "17", "all", "rows");
    node("Gather", "18", "labels", "rows");
    node("Gather", "19", "each", "rows");
    graph.addOutput(port("17", FLOAT, -1, 4));
    graph.addOutput(port("18", INT64, -1));
    graph.addOutput(port("19", FLOAT, -1));
    return Files.write(dir.resolve("detector.onnx"), model());
  }

  private byte[] model() {
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setGraph(graph);
    model.addOpsetImportBuilder().setVersion(17);
    return model.build().toByteArray();
  }

  private static String detect(int status, Object... arguments) {
    StringWriter out = new StringWriter();
    String[] all = new String[arguments.length + 1];
    all[0] = "detect";
    for (int i = 0; i < arguments.length; i++) {
      all[i + 1] = arguments[i].toString();
    }
    PrintWriter to = new PrintWriter(out, true);
    assertThat(Main.run(to, to, all)).as("%s", out).isEqualTo(status);
    return out.toString();
  }

  @Test
  void detectRunsIt() throws Exception {
    byte[] pixels = new byte[3 * 20 * 40];
    Arrays.fill(pixels, (byte) 255);
    Path image = dir.resolve("one.png");
    ImageIO.write(
        Images.toBufferedImage(Image.of(Shape.of(3, 20, 40), pixels)), "png", image.toFile());
    Path file = detector(-1, -1);
    assertThat(detect(0, "--model", file, image))
        .isEqualTo(image + "\t2 0.8750 1.0,2.0,11.0,12.0\t1 0.6250 20.0,5.0,40.0,15.0\n");
    assertThat(detect(0, "--model", file, "--score", 0.7, "--classes", "none,cat,dog", image))
        .isEqualTo(image + "\tdog 0.8750 1.0,2.0,11.0,12.0\n");
    // an input twice as large as the image: its boxes are half as large in the image
    assertThat(detect(0, "--model", file, "--score", 0.7, "--size", "40x80", image))
        .isEqualTo(image + "\t2 0.8750 0.5,1.0,5.5,6.0\n");
    assertThat(detect(1, "--model", file, "--classes", "none,cat", image))
        .contains("onnx detector: label 2 is outside the 2 classes");
    assertThat(detect(1, "--model", file, "--yolo", "v8", image))
        .contains("axis 1 of input \"image\" is dynamic; give the input's size");
    file = detector(40, 40);
    assertThat(detect(0, "--model", file, "--score", 0.7, image))
        .isEqualTo(image + "\t2 0.8750 1.0,1.0,11.0,6.0\n");
    assertThat(detect(1, "--model", file, "--boxes", "17", "--scores", "19", image))
        .contains("1 node is not supported");
    graph.removeOutput(2);
    Files.write(file, model());
    assertThat(detect(1, "--model", file, image)).contains("1 node is not supported");
  }
}
