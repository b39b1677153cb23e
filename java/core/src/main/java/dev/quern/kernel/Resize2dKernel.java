package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.bindings.Resize2dDescriptor;
import dev.quern.internal.Status;
import dev.quern.kernel.ByteKernel.Steps;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/** Operators that change only height and width of channels-last tensors. */
public final class Resize2dKernel {
  /** An operator, with the functions of {@code quern.h} that run its two passes. */
  public enum Operator {
    ADAPTIVE_AVG_POOL2D(
        Quern::quern_adaptive_avg_pool2d_forward, Quern::quern_adaptive_avg_pool2d_backward),
    ZERO_PAD2D(Quern::quern_zero_pad2d_forward, Quern::quern_zero_pad2d_backward),
    REFLECTION_PAD2D(Quern::quern_reflection_pad2d_forward, Quern::quern_reflection_pad2d_backward),
    REPLICATION_PAD2D(
        Quern::quern_replication_pad2d_forward, Quern::quern_replication_pad2d_backward),
    CIRCULAR_PAD2D(Quern::quern_circular_pad2d_forward, Quern::quern_circular_pad2d_backward),
    UPSAMPLE_NEAREST2D(
        Quern::quern_upsample_nearest2d_forward, Quern::quern_upsample_nearest2d_backward),
    UPSAMPLE_BILINEAR2D(
        Quern::quern_upsample_bilinear2d_forward, Quern::quern_upsample_bilinear2d_backward),
    UPSAMPLE_BILINEAR2D_ALIGNED(UPSAMPLE_BILINEAR2D);

    private final Pass forward;
    private final Pass backward;

    Operator(Pass forward, Pass backward) {
      this.forward = forward;
      this.backward = backward;
    }

    /**
     * Creates an operator that uses the functions of another operator with a different descriptor
     * field.
     */
    Operator(Operator same) {
      this(same.forward, same.backward);
    }

    /** Returns bilinear upsampling, with or without aligned corners. */
    public static Operator bilinear(boolean alignCorners) {
      return alignCorners ? UPSAMPLE_BILINEAR2D_ALIGNED : UPSAMPLE_BILINEAR2D;
    }
  }

  /** A function of {@code quern.h} that returns a status code. */
  private interface Pass {
    int run(Resize2dDescriptor d, Pointer from, Pointer to);
  }

  private final Resize2dDescriptor descriptor;
  private final Operator operator;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]}
   * @param out the sample shape of the output
   */
  public Resize2dKernel(
      Pointer at, Operator operator, long batch, Shape in, Shape out, int top, int left) {
    this.operator = operator;
    descriptor =
        descriptor(at, batch, in, out)
            .padding_top(top)
            .padding_left(left)
            .align_corners(operator == Operator.UPSAMPLE_BILINEAR2D_ALIGNED ? 1 : 0);
  }

  /** Writes a descriptor without padding. */
  static Resize2dDescriptor descriptor(Pointer at, long batch, Shape in, Shape out) {
    return new Resize2dDescriptor(at)
        .batch(batch)
        .channels(in.dim(0))
        .in_height(in.dim(1))
        .in_width(in.dim(2))
        .out_height(out.dim(1))
        .out_width(out.dim(2))
        .padding_top(0)
        .padding_left(0)
        .src_pitch(in.dim(0))
        .dst_pitch(in.dim(0))
        .src_type(Quern.QUERN_F32)
        .dst_type(Quern.QUERN_F32)
        .src_order(Quern.QUERN_NHWC)
        .dst_order(Quern.QUERN_NHWC)
        .align_corners(0);
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  public void forward(Pointer src, Pointer dst) {
    Status.check(operator.forward.run(descriptor, src, dst));
  }

  /** Switches the kernel to int8, for forward passes only. */
  public void bytes() {
    descriptor.src_type(Quern.QUERN_U8).dst_type(Quern.QUERN_U8);
  }

  /**
   * Returns a kernel of {@link Operator#ADAPTIVE_AVG_POOL2D} that reads int8 and writes int8 or
   * floats.
   */
  public MeanKernel means(boolean toBytes) {
    descriptor.src_type(Quern.QUERN_U8).dst_type(toBytes ? Quern.QUERN_U8 : Quern.QUERN_F32);
    return new MeanKernel() {
      @Override
      public void batch(long n) {
        Resize2dKernel.this.batch(n);
      }

      @Override
      public void forward(Pointer src, Steps from, Pointer dst, Steps to) {
        Status.check(
            Quern.quern_adaptive_avg_pool2d_bytes(
                descriptor,
                src,
                from.scale(),
                from.zero(),
                dst,
                to.scale(),
                to.zero(),
                to.low(),
                to.high()));
      }
    };
  }

  public void backward(Pointer diffDst, Pointer diffSrc) {
    Status.check(operator.backward.run(descriptor, diffDst, diffSrc));
  }

  /** Copies a tensor of the output's size, except its padding, to a tensor of the input's size. */
  public void crop(Pointer src, Pointer dst) {
    Status.check(Quern.quern_crop2d(descriptor, src, dst));
  }
}
