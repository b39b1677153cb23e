package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.bindings.Resize2dDescriptor;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A native operator that changes height and width and nothing else: its passes, each a function of
 * {@code quern.h}.
 */
public enum Resize2d {
  ADAPTIVE_AVG_POOL2D(
      Quern::quern_adaptive_avg_pool2d_forward, Quern::quern_adaptive_avg_pool2d_backward),
  ZERO_PAD2D(Quern::quern_zero_pad2d_forward, Quern::quern_zero_pad2d_backward),
  REFLECTION_PAD2D(Quern::quern_reflection_pad2d_forward, Quern::quern_reflection_pad2d_backward),
  UPSAMPLE_NEAREST2D(
      Quern::quern_upsample_nearest2d_forward, Quern::quern_upsample_nearest2d_backward);

  /** One function of {@code quern.h}; the status is its result. */
  private interface Pass {
    int run(Resize2dDescriptor d, FloatPointer from, FloatPointer to);
  }

  private final Pass forward;
  private final Pass backward;

  Resize2d(Pass forward, Pass backward) {
    this.forward = forward;
    this.backward = backward;
  }

  /**
   * A descriptor in memory of {@link Descriptors#BYTES} bytes.
   *
   * @param in one sample's shape, {@code [C, H, W]}
   * @param out the same of the output
   */
  public static Resize2dDescriptor descriptor(
      Pointer at, long batch, Shape in, Shape out, int top, int left) {
    return new Resize2dDescriptor(at)
        .batch(batch)
        .channels(in.dim(0))
        .in_height(in.dim(1))
        .in_width(in.dim(2))
        .out_height(out.dim(1))
        .out_width(out.dim(2))
        .padding_top(top)
        .padding_left(left)
        .src_pitch(in.dim(0))
        .dst_pitch(in.dim(0))
        .src_type(Quern.QUERN_F32)
        .dst_type(Quern.QUERN_F32)
        .src_order(Quern.QUERN_NHWC)
        .dst_order(Quern.QUERN_NHWC);
  }

  public void forward(Resize2dDescriptor d, FloatPointer src, FloatPointer dst) {
    Status.check(forward.run(d, src, dst));
  }

  public void backward(Resize2dDescriptor d, FloatPointer diffDst, FloatPointer diffSrc) {
    Status.check(backward.run(d, diffDst, diffSrc));
  }

  /** The forward pass of images {@code [N, C, H, W]} to {@code [N, C, H', W']}, in their arena. */
  public Tensor forward(Tensor input, Shape out, int top, int left) {
    Shape in = input.shape();
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(out.elements());
      forward(describe(s, in, out, top, left), s.nhwc(input), dst);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /** The gradient of an input of shape {@code in}, {@code [N, C, H, W]}, in gradOutput's arena. */
  public Tensor backward(Tensor gradOutput, Shape in, int top, int left) {
    try (Scratch s = new Scratch(gradOutput)) {
      FloatPointer diff = s.floats(in.elements());
      backward(describe(s, in, gradOutput.shape(), top, left), s.nhwc(gradOutput), diff);
      return s.nchw(gradOutput.arena(), in, diff);
    }
  }

  private static Resize2dDescriptor describe(Scratch s, Shape in, Shape out, int top, int left) {
    return descriptor(
        s.descriptor(Descriptors.BYTES), in.dim(0), in.sample(), out.sample(), top, left);
  }
}
