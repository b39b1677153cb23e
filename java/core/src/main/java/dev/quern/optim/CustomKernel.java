package dev.quern.optim;

import dev.quern.internal.arguments.Heap;
import dev.quern.kernel.optim.OptimizerKernel;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Runs a custom optimizer's steps on copies of weights, gradients and states. */
final class CustomKernel implements OptimizerKernel {
  private final AskedOptimizer optimizer;
  private final String what;
  private final List<String> names;
  private float[] floats = new float[0];

  CustomKernel(AskedOptimizer optimizer) {
    this.optimizer = optimizer;
    what = optimizer.type() + ": step";
    names = optimizer.states();
  }

  /** Runs a step; if the custom code throws, weights and states are unchanged. */
  @Override
  public void step(
      long step,
      double lrFactor,
      Shape shape,
      FloatPointer gradient,
      FloatPointer weight,
      FloatPointer[] states,
      Pointer workspace,
      long bytes) {
    if (floats.length < shape.elements()) {
      floats = Heap.floats(what, shape.elements());
    }
    int n = (int) shape.elements();
    Map<String, double[]> own = new LinkedHashMap<>();
    for (int i = 0; i < states.length; i++) {
      own.put(names.get(i), read(states[i], n));
    }
    CustomOptimizer.Step s =
        new CustomOptimizer.Step(
            shape, step, optimizer.lr() * lrFactor, read(weight, n), read(gradient, n), own);
    optimizer.step(s);
    write(s.weight(), weight);
    for (int i = 0; i < states.length; i++) {
      write(own.get(names.get(i)), states[i]);
    }
  }

  private double[] read(FloatPointer from, int n) {
    double[] values = Heap.doubles(what, n);
    from.get(floats, 0, n);
    for (int i = 0; i < n; i++) {
      values[i] = floats[i];
    }
    return values;
  }

  private void write(double[] from, FloatPointer to) {
    for (int i = 0; i < from.length; i++) {
      floats[i] = (float) from[i];
    }
    to.put(floats, 0, from.length);
  }
}
