package dev.quern.loss;

import dev.quern.error.ShapeException;
import dev.quern.error.UserCodeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.arguments.UserCode;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;

/**
 * A custom loss in plain Java, which computes the loss of a batch and the gradient with respect to
 * each output value.
 *
 * <pre>{@code
 * // the mean of log(cosh(x - y)): squares near 0, lines far away
 * record LogCosh() implements CustomLoss {
 *   public double loss(Pass pass) {
 *     double sum = 0;
 *     int n = pass.outputs().length;
 *     for (int i = 0; i < n; i++) {
 *       double e = pass.outputs()[i] - pass.targets()[i];
 *       double size = Math.abs(e);
 *       sum += size + Math.log1p(Math.exp(-2 * size)) - Math.log(2); // cosh overflows, this does not
 *       pass.gradient()[i] = Math.tanh(e) / n;
 *     }
 *     return sum / n;
 *   }
 * }
 *
 * Trainer.builder(network).loss(new LogCosh()).build();
 * }</pre>
 *
 * Arrays contain doubles in row-major order, sample by sample; networks store outputs and gradients
 * as floats. The double-precision reference implementation runs the same code, so the gradient can
 * be checked by central differences.
 *
 * <p>The loss is called once per step, on the thread that trains or evaluates. It must be
 * immutable: threads of several trainers may call it concurrently, each with separate arrays. If it
 * throws, or its gradient is not finite for a finite loss, the caller receives a {@link
 * UserCodeException}; a loss that is not finite fails the step, as with a built-in loss. In both
 * cases the weights are unchanged, and the trainer remains usable. Evaluation weights each batch by
 * its number of samples, so means over batches combine to the mean over all samples.
 *
 * <p>If a sample's targets have the output's shape {@code [C]}, labels are converted to one-hot
 * targets, and the accuracy is the fraction of samples whose largest output is at the label's
 * index. With other target shapes the accuracy is NaN. Further metrics depend on the output's
 * {@link dev.quern.network.Task}, if there is one.
 */
public non-sealed interface CustomLoss extends Loss {
  /** Returns the loss of a batch and fills {@link Pass#gradient()}. */
  double loss(Pass pass);

  /**
   * Returns the loss's name in messages: by default the class's simple name, or {@code custom} for
   * an anonymous class.
   */
  @Override
  default String type() {
    String name = getClass().getSimpleName();
    return name.isEmpty() ? "custom" : name;
  }

  /**
   * Returns the loss's name and settings for checkpoints; training can be resumed only with a loss
   * of the same name. The default is {@code toString} for a record, otherwise {@link #type}.
   */
  default String name() {
    return getClass().isRecord() ? toString() : type();
  }

  /**
   * Returns the shape of one sample's targets; by default the output's shape.
   *
   * @param output the shape of one sample's output
   */
  default Shape targets(Shape output) {
    return output;
  }

  /** Returns the reduction, by default the mean; it has no effect on a custom loss. */
  @Override
  default Reduction reduction() {
    return Reduction.MEAN;
  }

  /** Returns the loss for evaluation, by default this loss. */
  @Override
  default Loss plain() {
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * @param outputs {@code [N, ...]}
   * @param targets {@code [N, ...]}, where {@link #targets(Shape)} defines the dimensions after N
   * @throws UserCodeException if the loss throws, or its gradient is not finite
   */
  @Override
  default double forward(Tensor outputs, Tensor targets) {
    return Pass.of(this, outputs, targets).run(this);
  }

  @Override
  default Tensor backward(Tensor outputs, Tensor targets) {
    Pass pass = Pass.of(this, outputs, targets);
    pass.run(this);
    float[] gradient = new float[pass.gradient.length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) pass.gradient[i];
    }
    return outputs.arena().tensor(outputs.shape(), gradient);
  }

  /**
   * The arguments of a loss for one batch, and the gradient that the loss computes.
   *
   * @param outputShape shape of one sample's output
   * @param targetShape shape of one sample's target
   * @param samples number of samples in the batch
   * @param outputs the output values {@code [samples, outputShape]}; must not be changed
   * @param targets the target values {@code [samples, targetShape]}; must not be changed
   * @param gradient gradient with respect to each output value, to be filled by the loss; initially
   *     zeros
   */
  record Pass(
      Shape outputShape,
      Shape targetShape,
      int samples,
      double[] outputs,
      double[] targets,
      double[] gradient) {
    public Pass {
      Require.present("custom loss", "output shape", outputShape);
      Require.present("custom loss", "target shape", targetShape);
      requireLength("outputs", outputs, outputShape.batch(samples));
      requireLength("targets", targets, targetShape.batch(samples));
      requireLength("gradient", gradient, outputShape.batch(samples));
    }

    /** Creates a pass with zero-filled arrays; the caller fills outputs and targets. */
    public static Pass of(Shape outputShape, Shape targetShape, int samples) {
      Require.present("custom loss", "output shape", outputShape);
      Require.present("custom loss", "target shape", targetShape);
      long outputs = outputShape.batch(samples).elements();
      return new Pass(
          outputShape,
          targetShape,
          samples,
          Heap.doubles("custom loss: outputs", outputs),
          Heap.doubles("custom loss: targets", targetShape.batch(samples).elements()),
          Heap.doubles("custom loss: gradient", outputs));
    }

    private static Pass of(CustomLoss loss, Tensor outputs, Tensor targets) {
      Shape out = Require.present("custom loss", "outputs", outputs).shape();
      Shape given = Require.present("custom loss", "targets", targets).shape();
      if (out.rank() < 1 || out.dim(0) > Integer.MAX_VALUE) {
        throw new ShapeException("custom loss: outputs " + out + " must have a batch axis");
      }
      Shape wanted = targetShape(loss, out.sample());
      if (!given.equals(wanted.batch(out.dim(0)))) {
        throw new ShapeException("custom loss: targets " + given + " do not fit outputs " + out);
      }
      Pass pass = of(out.sample(), wanted, (int) out.dim(0));
      widen(outputs.toArray(), pass.outputs);
      widen(targets.toArray(), pass.targets);
      return pass;
    }

    private static void widen(float[] from, double[] to) {
      for (int i = 0; i < to.length; i++) {
        to[i] = from[i];
      }
    }

    /**
     * Returns a loss's {@link CustomLoss#targets(Shape)}, with exceptions wrapped.
     *
     * @throws UserCodeException if the loss throws or returns null
     */
    public static Shape targetShape(CustomLoss loss, Shape output) {
      Require.present("custom loss", "loss", loss);
      Require.present("custom loss", "output shape", output);
      return UserCode.answer(UserCode.ofLoss(loss, "targets"), () -> loss.targets(output));
    }

    /**
     * Computes a loss with this pass, and checks its gradient.
     *
     * @return the loss, which may be infinite or NaN
     * @throws UserCodeException if the loss throws, or the gradient of a finite loss is not finite
     *     in single precision
     */
    public double run(CustomLoss loss) {
      Require.present("custom loss", "loss", loss);
      Arrays.fill(gradient, 0);
      double value = UserCode.answer(UserCode.ofLoss(loss, "loss"), () -> loss.loss(this));
      for (int i = 0; Double.isFinite(value) && i < gradient.length; i++) {
        if (!Float.isFinite((float) gradient[i])) {
          throw new UserCodeException(
              UserCode.ofLoss(loss, "its gradient is ")
                  + gradient[i]
                  + " at output "
                  + i % outputShape.elements()
                  + " of sample "
                  + i / outputShape.elements(),
              null);
        }
      }
      return value;
    }

    private static void requireLength(String what, double[] values, Shape shape) {
      if (Require.present("custom loss", what, values).length != shape.elements()) {
        throw new ShapeException(
            "custom loss: " + values.length + " values of " + what + " do not fill " + shape);
      }
    }
  }
}
