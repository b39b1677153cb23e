package dev.quern.onnx.write;

import dev.quern.network.Network;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.onnx.proto.OnnxProto.TensorShapeProto;
import dev.quern.onnx.proto.OnnxProto.TypeProto;
import dev.quern.onnx.proto.OnnxProto.ValueInfoProto;
import dev.quern.tensor.Shape;

/** The types and shapes of an ONNX graph's inputs and outputs. */
final class ValueInfos {
  private static final String[] AXES = {"channels", "height", "width"};

  private final Network network;
  private final WriteOptions options;

  ValueInfos(Network network, WriteOptions options) {
    this.network = network;
    this.options = options;
  }

  /**
   * Returns the type and shape of an input. Dynamic heights and widths have symbolic names, which
   * differ between inputs.
   */
  ValueInfoProto input(String name) {
    boolean first = name.equals(network.inputs().keySet().iterator().next());
    TensorShapeProto.Builder dims = batch();
    Shape shape = network.inputs().get(name);
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.isFree(axis)) {
        dims.addDimBuilder().setDimParam(first ? AXES[axis] : name + "." + AXES[axis]);
      } else {
        dims.addDimBuilder().setDimValue(shape.dim(axis));
      }
    }
    return info(name, dims);
  }

  /**
   * Returns the type and shape of an output. Sizes that depend on a dynamic height or width are
   * omitted.
   */
  ValueInfoProto output(String name, Shape shape) {
    TensorShapeProto.Builder dims = batch();
    for (int axis = 0; axis < shape.rank(); axis++) {
      TensorShapeProto.Dimension.Builder dim = dims.addDimBuilder();
      if (!shape.isFree(axis)) {
        dim.setDimValue(shape.dim(axis));
      }
    }
    return info(name, dims);
  }

  private TensorShapeProto.Builder batch() {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    if (options.batch() == 0) {
      dims.addDimBuilder().setDimParam(options.batchName());
    } else {
      dims.addDimBuilder().setDimValue(options.batch());
    }
    return dims;
  }

  private static ValueInfoProto info(String name, TensorShapeProto.Builder dims) {
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE).setShape(dims);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
