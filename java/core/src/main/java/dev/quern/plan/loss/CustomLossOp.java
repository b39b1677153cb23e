package dev.quern.plan.loss;

import dev.quern.internal.arguments.Heap;
import dev.quern.loss.CustomLoss;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A custom loss of a plan's output. Outputs and targets are copied to Java arrays in C, H, W order;
 * the gradient is copied back.
 */
final class CustomLossOp extends LossOp {
  private final CustomLoss loss;
  private CustomLoss.Pass pass;
  private float[] floats;

  /** The labels of the loaded samples; null if the samples have targets. */
  private int[] labels;

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

  /** Sets labels, which are passed to the loss as one-hot targets. */
  @Override
  public void labels(int[] given, int n) {
    if (!targetShape.equals(output.shape()) || targetShape.rank() != 1) {
      super.labels(given, n);
    }
    labels = Arrays.copyOf(given, n);
    float[] oneHot = new float[(int) targetShape.elements()];
    for (int i = 0; i < n; i++) {
      oneHot[given[i]] = 1;
      target(i, oneHot);
      oneHot[given[i]] = 0;
    }
  }

  @Override
  public void requireTargets(Shape got) {
    super.requireTargets(got);
    labels = null;
  }

  @Override
  public long mostAnswers() {
    return labels == null ? 0 : 1;
  }

  @Override
  public long correct() {
    if (labels == null) {
      return 0;
    }
    int classes = (int) targetShape.elements();
    src.get(floats, 0, count * classes);
    long right = 0;
    for (int i = 0; i < count; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = floats[i * classes + c] > floats[i * classes + best] ? c : best;
      }
      right += best == labels[i] ? 1 : 0;
    }
    return right;
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
