package dev.quern.layer;

import dev.quern.kernel.AdaptiveMaxPool2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * The largest values, to an output of a given size whatever the input's: input {@code [N, C, H,
 * W]}, output {@code [N, C, outputSize.height, outputSize.width]}. The windows are those of {@link
 * AdaptiveAvgPool2d}. As in {@link MaxPool2d}, a NaN wins its window, and of equal maxima the first
 * in row order receives the gradient. Size 1 is global max-pooling.
 */
public record AdaptiveMaxPool2d(Size outputSize) implements Layer {
  /** Its name and its options. */
  public static final LayerType<AdaptiveMaxPool2d> TYPE =
      LayerType.of("adaptive_max_pool2d", AdaptiveMaxPool2d.class)
          .size("output_size", AdaptiveMaxPool2d::outputSize)
          .made(v -> new AdaptiveMaxPool2d(v.size("output_size")));

  public AdaptiveMaxPool2d {
    Checks.atLeast("adaptive_max_pool2d", "output_size", outputSize, 1);
  }

  public AdaptiveMaxPool2d(int outputSize) {
    this(Size.of(outputSize));
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("adaptive_max_pool2d", input);
    Checks.countable("adaptive_max_pool2d", "input", input);
    return Shape.of(input.dim(0), outputSize.height(), outputSize.width());
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @return {@code [N, C, outputSize.height, outputSize.width]}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape out = Checks.batchOutput(this::outputShape, Checks.images(type(), "input", input));
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(out.elements());
      kernel(s, input.shape(), out).forward(s.nhwc(input), dst, null);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * The gradient with respect to the input, whose maxima are found again.
   *
   * @return of the input's shape, in the input's arena
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    Shape in = Checks.images(type(), "input", input);
    Checks.gradOutput(type(), this::outputShape, gradOutput, in);
    Shape out = gradOutput.shape();
    try (Scratch s = new Scratch(input, gradOutput)) {
      AdaptiveMaxPool2dKernel kernel = kernel(s, in, out);
      IntPointer indices = s.ints(out.elements());
      kernel.forward(s.nhwc(input), s.floats(out.elements()), indices);
      FloatPointer diff = s.floats(in.elements());
      kernel.backward(s.nhwc(gradOutput), indices, diff);
      return s.nchw(input.arena(), in, diff);
    }
  }

  private static AdaptiveMaxPool2dKernel kernel(Scratch s, Shape in, Shape out) {
    return new AdaptiveMaxPool2dKernel(s.descriptor(), in.dim(0), in.sample(), out.sample());
  }
}
