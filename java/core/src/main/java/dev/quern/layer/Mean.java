package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import dev.quern.kernel.MeanAxes;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.StridedCopyKernel;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The mean over axes of a sample. {@code new Mean(1, 2)} is the mean of each channel of an image:
 * {@code [C]}, or {@code [C, 1, 1]} where dimensions are kept. A mean over all axes is {@code [1]}.
 *
 * @param axes without the batch, from 0; negative from the last; at least one
 * @param keepDims whether these axes stay, of size 1
 */
public record Mean(List<Integer> axes, boolean keepDims) implements Layer {
  public Mean {
    axes = Require.all("mean", "axes", axes);
    if (axes.isEmpty()) {
      throw new InvalidArgumentException("mean: it has no axes");
    }
  }

  /** Dimensions are not kept. */
  public Mean(int... axes) {
    this(Arrays.stream(Require.present("mean", "axes", axes)).boxed().toList(), false);
  }

  public Mean keepDims(boolean k) {
    return new Mean(axes, k);
  }

  @Override
  public String type() {
    return "mean";
  }

  @Override
  public Shape outputShape(Shape input) {
    return of(input).out();
  }

  private MeanAxes of(Shape input) {
    return MeanAxes.of(Checks.any("mean", input), axes, keepDims);
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, ...]}
   * @return {@code [N, ...]}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Checks.batched("mean", input);
    Shape in = input.shape();
    MeanAxes of = of(in.sample());
    try (Scratch s = new Scratch(input)) {
      FloatPointer image = s.floats(in.elements());
      order(of, in).forward(s.raw(input), image);
      Tensor output = input.arena().tensor(of.out().batch(in.dim(0)));
      of.kernel(s.descriptor(), in.dim(0)).forward(image, s.raw(output));
      return output;
    }
  }

  /**
   * The gradient with respect to an input of shape {@code input}, {@code [N, ...]}.
   *
   * @return of the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Checks.batched("mean", Require.present("mean", "input", input));
    MeanAxes of = of(input.sample());
    Checks.shape("mean", "grad_output", gradOutput, of.out().batch(input.dim(0)));
    try (Scratch s = new Scratch(gradOutput)) {
      FloatPointer image = s.floats(input.elements());
      of.kernel(s.descriptor(), input.dim(0)).backward(s.raw(gradOutput), image);
      Tensor grad = gradOutput.arena().tensor(input);
      order(of, input).backward(image, s.raw(grad));
      return grad;
    }
  }

  private static StridedCopyKernel order(MeanAxes of, Shape in) {
    return of.order()
        .kernel(
            in.dim(0), Rearrangement.strides(in.sample()), Rearrangement.strides(of.order().out()));
  }
}
