package dev.quern.layer;

import dev.quern.internal.Philox;
import dev.quern.kernel.DropoutKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@link Dropout} of whole channels: in training, each channel of each sample of {@code [N, C, H,
 * W]} becomes 0 with probability {@code p} and is multiplied by {@code 1 / (1 - p)} otherwise; in
 * evaluation nothing happens. Neighbouring pixels of a feature map say much the same, so that
 * dropping single ones would drop little. Tompson et al., "Efficient object localization using
 * convolutional networks", 2015.
 */
public record Dropout2d(float p) implements Layer {
  /** Its name and its options. */
  public static final LayerType<Dropout2d> TYPE =
      LayerType.of("dropout2d", Dropout2d.class)
          .number("p", 0.5f, Dropout2d::p)
          .made(v -> new Dropout2d(v.number("p")));

  public Dropout2d {
    Checks.probability("dropout2d", p);
  }

  /** PyTorch's default: p 0.5. */
  public Dropout2d() {
    this(0.5f);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("dropout2d", input);
    return input;
  }

  /**
   * The native operator's pass in training, as the first layer of a network makes it.
   *
   * @param input {@code [N, C, H, W]}
   * @param seed the trainer's
   * @param step counts from 0
   * @return of the input's shape, in its arena
   */
  public Tensor forward(Tensor input, long seed, long step) {
    Shape in = Checks.images("dropout2d", "input", input);
    try (Scratch s = new Scratch(input)) {
      long pixels = in.dim(2) * in.dim(3);
      FloatPointer values = s.nhwc(input);
      new DropoutKernel(s.descriptor(), p, true, in.dim(0), in.dim(1), pixels)
          .key(Philox.bits(seed, Philox.Stream.DROPOUT, 0, step))
          .apply(values, values);
      return s.nchw(input.arena(), in, values);
    }
  }

  /** The gradient with respect to the input of {@link #forward} with that seed and step. */
  public Tensor backward(Tensor gradOutput, long seed, long step) {
    Checks.images("dropout2d", "grad_output", gradOutput);
    return forward(gradOutput, seed, step); // what fell gets none, the rest its share
  }
}
