package dev.quern.plan.loss;

import dev.quern.internal.Heap;
import dev.quern.loss.CustomLoss;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Value;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A custom loss at the end of a plan: outputs and targets are copied to Java arrays in the callers'
 * order, and the gradient is copied back.
 */
final class CustomLossOp extends LossOp {
  private final CustomLoss loss;
  private CustomLoss.Pass pass;
  private float[] floats;

  CustomLossOp(Builder b, Value output, CustomLoss loss) {
    super(b, output, loss, CustomLoss.Pass.targetShape(loss, output.shape()));
    this.loss = loss;
  }

  @Override
  public void batch(int n) {
    super.batch(n);
    pass = CustomLoss.Pass.of(output.shape(), targetShape, n);
    floats = Heap.floats("loss", Math.max(pass.outputs().length, pass.targets().length));
  }

  @Override
  void run() {
    widen(src, pass.outputs());
    widen(targets, pass.targets());
    result.put(pass.run(loss));
    if (diff != null) {
      double[] gradient = pass.gradient();
      for (int i = 0; i < gradient.length; i++) {
        floats[i] = (float) gradient[i];
      }
      diff.put(floats, 0, gradient.length);
    }
  }

  private void widen(FloatPointer from, double[] to) {
    from.get(floats, 0, to.length);
    for (int i = 0; i < to.length; i++) {
      to[i] = floats[i];
    }
  }
}
