package dev.quern.onnx.write;

import dev.quern.layer.Layer;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Reduction;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The ONNX forms of elementwise arithmetic on several values, and of reductions. */
final class ArithmeticForms {
  private ArithmeticForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(Add.class, (l, n) -> n.op(n.inputs().size() == 2 ? "Add" : "Sum", aligned(n)))
        .add(Amax.class, (l, n) -> reduced("ReduceMax", l, n))
        .add(Amin.class, (l, n) -> reduced("ReduceMin", l, n))
        .add(Argmax.class, (l, n) -> place("ArgMax", l.axis(), l.keepDim(), l.selectLast(), n))
        .add(Argmin.class, (l, n) -> place("ArgMin", l.axis(), l.keepDim(), l.selectLast(), n))
        .add(Compare.class, ArithmeticForms::compare)
        .add(Concat.class, (l, n) -> n.concat(ShapeForms.axis(l.axis(), n.shape()), n.inputs()))
        .add(Constant.class, ArithmeticForms::constant)
        .add(Divide.class, (l, n) -> n.op("Div", aligned(n)))
        .add(Matmul.class, (l, n) -> n.op("MatMul", n.inputs()))
        .add(Maximum.class, (l, n) -> n.op("Max", aligned(n)))
        .add(Mean.class, (l, n) -> reduced("ReduceMean", l, n))
        .add(Minimum.class, (l, n) -> n.op("Min", aligned(n)))
        .add(Multiply.class, (l, n) -> n.op("Mul", aligned(n)))
        .add(Pow.class, (l, n) -> n.op("Pow", aligned(n)))
        .add(Prod.class, (l, n) -> reduced("ReduceProd", l, n))
        .add(Subtract.class, (l, n) -> n.op("Sub", aligned(n)))
        .add(Sum.class, (l, n) -> reduced("ReduceSum", l, n))
        .add(TrainableTensor.class, ArithmeticForms::trainable)
        .add(Where.class, (l, n) -> where(aligned(n), n));
  }

  /**
   * Returns the inputs with equal numbers of axes. Samples broadcast along their last axes, so axes
   * of size 1 are inserted after the batch.
   */
  static List<Value> aligned(NodeWriter n) {
    int most = n.shapes().stream().mapToInt(Shape::rank).max().orElse(0);
    List<Value> all = new ArrayList<>();
    for (int i = 0; i < n.inputs().size(); i++) {
      Value x = n.inputs().get(i);
      int missing = most - n.shapes().get(i).rank();
      all.add(missing == 0 ? x : n.unsqueeze(x, NodeWriter.range(1, missing)));
    }
    return all;
  }

  /** Writes a comparison, whose boolean result is converted to 1 and 0. */
  private static Value compare(Compare l, NodeWriter n) {
    String type =
        switch (l.kind()) {
          case EQUAL -> "Equal";
          case LESS -> "Less";
          case LESS_OR_EQUAL -> "LessOrEqual";
          case GREATER -> "Greater";
          case GREATER_OR_EQUAL -> "GreaterOrEqual";
        };
    return n.cast(n.op(type, aligned(n)), TensorProto.DataType.FLOAT);
  }

  private static Value where(List<Value> inputs, NodeWriter n) {
    Value condition = n.cast(inputs.get(0), TensorProto.DataType.BOOL);
    return n.op("Where", condition, inputs.get(1), inputs.get(2));
  }

  /**
   * Returns whether a layer can broadcast a single sample of an input over the batch of another
   * input.
   */
  static boolean broadcasts(Layer layer) {
    return layer.merges() && !(layer instanceof Concat);
  }

  /**
   * Writes a constant once if all readers broadcast it, otherwise repeated for each sample of the
   * batch.
   */
  private static Value constant(Constant l, NodeWriter n) {
    Shape one = l.shape().batch(1);
    if (n.isBroadcast()) {
      return n.named(one, l.values());
    }
    return repeated(n.floats("value", one, l.values()), l.shape(), n);
  }

  private static Value trainable(TrainableTensor l, NodeWriter n) {
    Value one = n.unsqueeze(n.weight("weight"), 0);
    return n.isBroadcast() ? one : repeated(one, l.shape(), n);
  }

  /** Repeats a value for each sample of the batch. */
  private static Value repeated(Value one, Shape sample, NodeWriter n) {
    Value batch = n.slice(n.op("Shape", n.in()), 0, 0, 1, 1);
    Value shape = n.concat(0, List.of(batch, n.longs("shape", sample.toArray())));
    return n.op("Expand", one, shape);
  }

  /** Writes a reduction over axes of a sample; the sample of the result has at least one axis. */
  private static Value reduced(String type, Reduction l, NodeWriter n) {
    int rank = n.shape().rank();
    long[] of = l.axes().stream().mapToLong(a -> a < 0 ? a + rank + 1 : a + 1).toArray();
    Value y = n.reduce(type, n.in(), l.keepDims(), of);
    return !l.keepDims() && of.length == rank ? n.unsqueeze(y, 1) : y;
  }

  /** Writes ArgMax or ArgMin along an axis of a sample; the indices are converted to float32. */
  private static Value place(
      String type, int axis, boolean keepDim, boolean selectLast, NodeWriter n) {
    Value place =
        n.op(type, n.in())
            .with("axis", (long) ShapeForms.axis(axis, n.shape()))
            .with("keepdims", keepDim ? 1L : 0L)
            .with("select_last_index", selectLast ? 1L : 0L);
    Value y = n.cast(place, TensorProto.DataType.FLOAT);
    return !keepDim && n.shape().rank() == 1 ? n.unsqueeze(y, 1) : y;
  }
}
