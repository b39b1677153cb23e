package dev.quern.plan;

import dev.quern.error.ShapeException;
import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.function.DoubleSupplier;

/** A batch of images with either labels or targets; the unused component is null. */
public record TensorBatch(Tensor images, int[] labels, Tensor targets) implements Batch {
  public static TensorBatch of(Tensor images, int[] labels) {
    Require.present("trainer", "images", images);
    return new TensorBatch(images, Require.present("trainer", "labels", labels).clone(), null);
  }

  public static TensorBatch of(Tensor images, Tensor targets) {
    Require.present("trainer", "images", images);
    return new TensorBatch(images, null, Require.present("trainer", "targets", targets));
  }

  @Override
  public double during(DoubleSupplier step) {
    Usage arena = Batch.entered(images);
    try {
      return step.getAsDouble();
    } finally {
      arena.exit();
    }
  }

  @Override
  public void load(Plan plan) {
    Shape s = images.shape();
    if (s.rank() < 2 || s.dim(0) > plan.batch() || s.dim(0) < 1) {
      throw new ShapeException(
          "trainer: images " + s + " must have from 1 to " + plan.batch() + " samples");
    }
    plan.load(s, TensorAccess.get().pointer(images), (int) s.dim(0));
    if (targets == null) {
      plan.labels(labels);
    } else {
      loadTargets(plan);
    }
  }

  private void loadTargets(Plan plan) {
    Usage arena = Batch.entered(targets);
    try {
      plan.targets(targets.shape(), TensorAccess.get().pointer(targets));
    } finally {
      arena.exit();
    }
  }
}
