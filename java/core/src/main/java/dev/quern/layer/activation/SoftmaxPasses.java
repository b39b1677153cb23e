package dev.quern.layer.activation;

import dev.quern.error.ShapeException;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.SoftmaxKernel;
import dev.quern.layer.Layer;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** What softmax and log_softmax share: rows of classes, or of the channels of each pixel. */
final class SoftmaxPasses {
  private SoftmaxPasses() {}

  static Shape outputShape(String op, Shape input) {
    Checks.any(op, input);
    if ((input.rank() != 1 && input.rank() != 3) || input.dim(0) < 1) {
      throw new ShapeException(op + ": input " + input + " is neither features nor an image");
    }
    return input;
  }

  static Tensor forward(Layer layer, SoftmaxKernel kind, Tensor input) {
    Shape in = check(layer, input);
    try (Scratch s = new Scratch(input)) {
      if (in.rank() == 2) {
        Tensor output = input.arena().tensor(in);
        kind.forward(in.dim(0), in.dim(1), s.raw(input), s.raw(output));
        return output;
      }
      FloatPointer dst = s.floats(in.elements());
      kind.forward(rows(in), in.dim(1), s.nhwc(input), dst);
      return s.nchw(input.arena(), in, dst);
    }
  }

  static Tensor backward(Layer layer, SoftmaxKernel kind, Tensor output, Tensor gradOutput) {
    Shape out = check(layer, output);
    Checks.shape(layer.type(), "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(output, gradOutput)) {
      if (out.rank() == 2) {
        Tensor grad = output.arena().tensor(out);
        kind.backward(out.dim(0), out.dim(1), s.raw(output), s.raw(gradOutput), s.raw(grad));
        return grad;
      }
      FloatPointer diff = s.floats(out.elements());
      kind.backward(rows(out), out.dim(1), s.nhwc(output), s.nhwc(gradOutput), diff);
      return s.nchw(output.arena(), out, diff);
    }
  }

  private static Shape check(Layer layer, Tensor t) {
    Checks.batched(layer.type(), t);
    layer.outputShape(t.shape().sample());
    return t.shape();
  }

  private static long rows(Shape s) {
    return s.dim(0) * s.dim(2) * s.dim(3);
  }
}
