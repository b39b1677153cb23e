package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.Conv2dImplementations;
import dev.quern.kernel.Conv2dKernel;
import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.Window;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution (cross-correlation, as everywhere in the field): input {@code [N,
 * C, H, W]}, weight {@code [outChannels, C / groups, kernel.height, kernel.width]}, bias {@code
 * [outChannels]}, output {@code [N, outChannels, H', W']} with {@code H' = (H + 2 padding -
 * dilation (kernel - 1) - 1) / stride + 1}, rounded down. Defaults are PyTorch's: stride 1, padding
 * 0, dilation 1, one group, with bias.
 */
public record Conv2d(
    int outChannels,
    Size kernel,
    Size stride,
    Size padding,
    Size dilation,
    int groups,
    boolean bias)
    implements Layer {

  public Conv2d {
    Checks.atLeast("conv2d", "out_channels", outChannels, 1);
    Checks.atLeast("conv2d", "kernel", kernel, 1);
    Checks.atLeast("conv2d", "stride", stride, 1);
    Checks.atLeast("conv2d", "padding", padding, 0);
    Checks.atLeast("conv2d", "dilation", dilation, 1);
    Checks.atLeast("conv2d", "groups", groups, 1);
    if (outChannels % groups != 0) {
      throw new InvalidArgumentException(
          "conv2d: out_channels " + outChannels + " is not a multiple of groups " + groups);
    }
  }

  public Conv2d(int outChannels, Size kernel) {
    this(outChannels, kernel, Size.of(1), Size.of(0), Size.of(1), 1, true);
  }

  public Conv2d(int outChannels, int kernel) {
    this(outChannels, Size.of(kernel));
  }

  public Conv2d stride(Size s) {
    return new Conv2d(outChannels, kernel, s, padding, dilation, groups, bias);
  }

  public Conv2d stride(int s) {
    return stride(Size.of(s));
  }

  public Conv2d padding(Size p) {
    return new Conv2d(outChannels, kernel, stride, p, dilation, groups, bias);
  }

  public Conv2d padding(int p) {
    return padding(Size.of(p));
  }

  public Conv2d dilation(Size d) {
    return new Conv2d(outChannels, kernel, stride, padding, d, groups, bias);
  }

  public Conv2d dilation(int d) {
    return dilation(Size.of(d));
  }

  public Conv2d groups(int g) {
    return new Conv2d(outChannels, kernel, stride, padding, dilation, g, bias);
  }

  public Conv2d bias(boolean b) {
    return new Conv2d(outChannels, kernel, stride, padding, dilation, groups, b);
  }

  @Override
  public String type() {
    return "conv2d";
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("conv2d", input);
    Checks.channels("conv2d", input.dim(0), groups);
    Window window = new Window(kernel, stride, padding, dilation);
    return Checks.windows("conv2d", input, outChannels, window, false);
  }

  /** The weight's shape for an input of {@code channels} channels. */
  public Shape weightShape(long channels) {
    Checks.channels("conv2d", channels, groups);
    return Shape.of(outChannels, channels / groups, kernel.height(), kernel.width());
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    Shape weight = weightShape(input.dim(0));
    long fanIn = weight.sample().elements();
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", weight, fanIn));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outChannels), fanIn));
    }
    return all;
  }

  @Override
  public long multiplyAdds(Shape input) {
    long outputs = outputShape(input).elements();
    return Checks.product("conv2d", outputs, weightShape(input.dim(0)).sample().elements());
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @param weight {@code [outChannels, C / groups, kernel.height, kernel.width]}
   * @param biasOrNull {@code [outChannels]}; null exactly where {@link #bias()} is false
   * @return {@code [N, outChannels, H', W']}, in the input's arena
   * @throws ShapeException if a shape does not fit
   */
  public Tensor forward(Tensor input, Tensor weight, @Nullable Tensor biasOrNull) {
    Shape in = Checks.images("conv2d", "input", input);
    Shape out = outputShape(in.sample()).batch(in.dim(0));
    Checks.shape("conv2d", "weight", weight, weightShape(in.dim(1)));
    Checks.bias("conv2d", biasOrNull, bias, outChannels);
    try (Scratch s = new Scratch(input, weight, biasOrNull)) {
      Call call = new Call(s, in);
      FloatPointer dst = s.floats(out.elements());
      call.kernel.forward(
          s.nhwc(input),
          call.pack(weight),
          s.raw(biasOrNull),
          null,
          dst,
          call.workspace.pointer(0),
          call.workspace.bytes());
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * The gradient with respect to the input.
   *
   * @param gradOutput {@code [N, outChannels, H', W']}
   * @param input the shape of the input, {@code [N, C, H, W]}
   * @return of the input's shape, in gradOutput's arena
   */
  public Tensor backwardData(Tensor gradOutput, Tensor weight, Shape input) {
    Shape in = Checks.images("conv2d", "input", input);
    Checks.shape("conv2d", "grad_output", gradOutput, outputShape(in.sample()).batch(in.dim(0)));
    Checks.shape("conv2d", "weight", weight, weightShape(in.dim(1)));
    try (Scratch s = new Scratch(gradOutput, weight)) {
      Call call = new Call(s, in);
      FloatPointer diff = s.floats(in.elements());
      call.kernel.backwardData(
          s.nhwc(gradOutput),
          call.pack(weight),
          diff,
          call.workspace.pointer(0),
          call.workspace.bytes());
      return s.nchw(gradOutput.arena(), in, diff);
    }
  }

  /**
   * The gradients with respect to weight and bias: sums over the batch.
   *
   * @return in the input's arena
   */
  public Gradients backwardWeights(Tensor input, Tensor gradOutput) {
    Shape in = Checks.images("conv2d", "input", input);
    Checks.shape("conv2d", "grad_output", gradOutput, outputShape(in.sample()).batch(in.dim(0)));
    try (Scratch s = new Scratch(input, gradOutput)) {
      Call call = new Call(s, in);
      Tensor weight = input.arena().tensor(weightShape(in.dim(1)));
      Tensor biasOrNull = bias ? input.arena().tensor(Shape.of(outChannels)) : null;
      call.kernel.backwardWeights(
          s.nhwc(input),
          s.nhwc(gradOutput),
          s.raw(weight),
          s.raw(biasOrNull),
          call.workspace.pointer(0),
          call.workspace.bytes());
      return new Gradients(weight, biasOrNull);
    }
  }

  /** The names of the native implementations, best first. */
  public static List<String> implementations() {
    return Conv2dImplementations.names();
  }

  /** Whether that implementation takes this convolution for an input {@code [N, C, H, W]}. */
  public boolean accepts(String implementation, Shape input) {
    Shape in = Checks.images("conv2d", "input", input);
    outputShape(in.sample());
    int index = Conv2dImplementations.index(implementation);
    try (Scratch s = new Scratch()) {
      return kernel(s, in).accepts(index);
    }
  }

  private Conv2dKernel kernel(Scratch s, Shape in) {
    Window window = new Window(kernel, stride, padding, dilation);
    return new Conv2dKernel(
        s.descriptor(), in.dim(0), in.sample(), outChannels, window, groups, false, true);
  }

  /**
   * Forces one implementation on the convolutions and plans that this thread makes until the result
   * is closed: for tests and benchmarks. One that refuses a convolution makes it fail.
   */
  public static Forced force(String implementation) {
    return Conv2dImplementations.force(implementation)::run;
  }

  /** Ends the forcing of an implementation. */
  public interface Forced extends AutoCloseable {
    @Override
    void close();
  }

  /** What all passes of one call need: kernel, packed weights, workspace. */
  private final class Call {
    private final Scratch scratch;
    private final Conv2dKernel kernel;
    private final OffHeap workspace;

    Call(Scratch scratch, Shape in) {
      this.scratch = scratch;
      kernel = kernel(scratch, in);
      workspace = scratch.block(kernel.workspaceBytes());
    }

    Pointer pack(Tensor weight) {
      return PackedWeights.of(kernel, scratch.raw(weight), scratch::bytes).pack().packed();
    }
  }
}
