package dev.quern;

import dev.quern.augment.CustomAugmentation;
import dev.quern.data.Dataset;
import dev.quern.init.CustomInit;
import dev.quern.layer.CustomLayer;
import dev.quern.optim.CustomOptimizer;
import dev.quern.optim.Optimizer;
import dev.quern.optim.Schedule;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** An application's own code that says what cannot be, as little as it may, or what it is told. */
final class OwnCode {
  private OwnCode() {}

  /** A schedule that breaks its word. */
  static Schedule schedule() {
    return new Schedule() {
      @Override
      public double factor(Position at) {
        return 1;
      }

      @Override
      @SuppressWarnings("OptionalAssignedToNull") // that is the point
      public Optional<String> text() {
        return null;
      }
    };
  }

  /** Says nothing that can be. */
  static Dataset dataset() {
    return new Dataset() {
      @Override
      public String name() {
        return null;
      }

      @Override
      public int size() {
        return -1;
      }

      @Override
      public Shape shape() {
        return null;
      }

      @Override
      public List<String> classes() {
        return null;
      }
    };
  }

  static final CustomInit INIT = (shape, random, values) -> {};

  static final CustomAugmentation AUGMENTATION = (pixels, shape, random) -> {};

  /** Says what it is told to, and writes what it likes. */
  static CustomOptimizer optimizer(float lr) {
    return new CustomOptimizer() {
      @Override
      public float lr() {
        return lr;
      }

      @Override
      public float weightDecay() {
        return 0;
      }

      @Override
      public Optimizer withLr(float rate) {
        return this;
      }

      @Override
      public Optimizer withWeightDecay(float decay) {
        return this;
      }

      @Override
      public void step(Step s) {
        if (s != null && s.weight().length > 0) {
          s.weight()[0] = Double.NaN;
        }
      }
    };
  }

  static CustomLayer layer() {
    return new CustomLayer() {
      @Override
      public Shape outputShape(Shape input) {
        return input == null ? Shape.of(1) : input;
      }

      @Override
      public void forward(Forward pass) {}

      @Override
      public void backward(Backward pass) {}
    };
  }
}
