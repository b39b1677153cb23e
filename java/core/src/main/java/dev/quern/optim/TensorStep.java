package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.optim.OptimizerStep;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** Checks the arguments of an optimizer's step and runs it on tensors. */
final class TensorStep {
  private TensorStep() {}

  static void run(Optimizer any, Tensor weight, Tensor grad, List<Tensor> states, long step) {
    Optimizer o = AskedOptimizer.of(any);
    String op = o.type();
    Require.present(op, "weight", weight);
    Require.present(op, "gradient", grad);
    List<Tensor> own =
        new ArrayList<>(
            Require.present(
                op, "states",
                states)); // read once, because a custom list may return other elements later
    if (own.size() != o.states().size()) {
      throw new InvalidArgumentException(
          op + ": " + own.size() + " states are given, expected " + o.states());
    }
    if (step < 1) {
      throw new InvalidArgumentException(op + ": step " + step + " must be at least 1");
    }
    List<Tensor> all = new ArrayList<>(own);
    all.add(grad);
    for (int i = 0; i < all.size(); i++) {
      String what = i < own.size() ? o.states().get(i) : "gradient";
      Shape shape = Require.present(op, what, all.get(i)).shape();
      if (!shape.equals(weight.shape())) {
        throw new ShapeException(
            op + ": " + what + " " + shape + " must have the weight's shape " + weight.shape());
      }
    }
    all.add(weight);
    try (Scratch s = new Scratch(all.toArray(Tensor[]::new));
        OptimizerStep steps = new OptimizerStep(o)) {
      steps.reserve(weight.shape());
      FloatPointer[] pointers = own.stream().map(s::raw).toArray(FloatPointer[]::new);
      steps.run(step, 1, weight.shape(), s.raw(grad), s.raw(weight), pointers);
    }
  }
}
