package dev.quern.reference;

import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.reference.internal.Require;
import java.util.Map;

/** The twin of any loss, for targets of the outputs' shape. */
public final class LossReference {
  private record Twin(Forward forward, Backward backward) {}

  private interface Forward {
    double run(Loss loss, NdArray outputs, NdArray targets);
  }

  private interface Backward {
    NdArray run(Loss loss, NdArray outputs, NdArray targets);
  }

  private static final Map<Class<? extends Loss>, Twin> ALL =
      Map.of(
          CrossEntropy.class,
          new Twin(
              (l, x, y) -> CrossEntropyReference.forward((CrossEntropy) l, x, y),
              (l, x, y) -> CrossEntropyReference.backward((CrossEntropy) l, x, y)),
          BceWithLogits.class,
          new Twin(
              (l, x, y) -> BceWithLogitsReference.forward((BceWithLogits) l, x, y),
              (l, x, y) -> BceWithLogitsReference.backward((BceWithLogits) l, x, y)),
          Mse.class,
          new Twin(
              (l, x, y) -> MseReference.forward((Mse) l, x, y),
              (l, x, y) -> MseReference.backward((Mse) l, x, y)),
          Huber.class,
          new Twin(
              (l, x, y) -> HuberReference.forward((Huber) l, x, y),
              (l, x, y) -> HuberReference.backward((Huber) l, x, y)));

  private LossReference() {}

  /** The loss. */
  public static double forward(Loss loss, NdArray outputs, NdArray targets) {
    Require.present("loss", "loss, outputs, targets", loss, outputs, targets);
    return ALL.get(loss.getClass()).forward().run(loss, outputs, targets);
  }

  /** The gradient of the outputs. */
  public static NdArray backward(Loss loss, NdArray outputs, NdArray targets) {
    Require.present("loss", "loss, outputs, targets", loss, outputs, targets);
    return ALL.get(loss.getClass()).backward().run(loss, outputs, targets);
  }
}
