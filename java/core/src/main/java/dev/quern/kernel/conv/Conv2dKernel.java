package dev.quern.kernel.conv;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.kernel.Packing;
import dev.quern.kernel.WeightsType;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The kernel of a 2D convolution with channels-last input and output. */
public final class Conv2dKernel implements Packing {
  /** The native descriptor; tuning modifies it to try implementations and batch sizes. */
  final Conv2dDescriptor descriptor;

  /**
   * Creates the kernel with the implementation that is forced on this thread, or the default one.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]}
   * @param training whether to pack weights for the backward passes, too
   */
  public Conv2dKernel(
      Pointer at,
      long batch,
      Shape in,
      long outChannels,
      Window window,
      int groups,
      Conv2dPrecision precision,
      boolean training) {
    descriptor =
        new Conv2dDescriptor(at)
            .batch(batch)
            .in_channels(in.dim(0))
            .in_height(in.dim(1))
            .in_width(in.dim(2))
            .out_channels(outChannels)
            .kernel_height(window.kernel().height())
            .kernel_width(window.kernel().width())
            .stride_height(window.stride().height())
            .stride_width(window.stride().width())
            .padding_height(window.padding().top())
            .padding_width(window.padding().left())
            .dilation_height(window.dilation().height())
            .dilation_width(window.dilation().width())
            .groups(groups)
            .src_pitch(in.dim(0))
            .dst_pitch(outChannels)
            .implementation(Conv2dImplementations.forced())
            .precision(precision.code)
            .inference(training ? 0 : 1)
            .src_type(Quern.QUERN_F32)
            .weights_type(Quern.QUERN_F32)
            .dst_type(Quern.QUERN_F32)
            .saved_type(Quern.QUERN_F32)
            .diff_src_type(Quern.QUERN_F32)
            .diff_dst_type(Quern.QUERN_F32)
            .src_order(Quern.QUERN_NHWC)
            .dst_order(Quern.QUERN_NHWC);
  }

  /** Returns the name of the implementation at an index of the list; null past the end. */
  static String implementationName(long index) {
    BytePointer name = Quern.quern_conv2d_implementation(index);
    return name == null ? null : name.getString();
  }

  /** Sets the batch size of the next passes; the constructor's batch size is the maximum. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  /** Returns the number of output channels. */
  public long outChannels() {
    return descriptor.out_channels();
  }

  /** Returns the batch size of the next passes. */
  public long batch() {
    return descriptor.batch();
  }

  /** Sets the implementation by its index; -1 for the default. */
  public Conv2dKernel implementation(long index) {
    descriptor.implementation(index);
    return this;
  }

  long implementation() {
    return descriptor.implementation();
  }

  /** Sets whether the input is NCHW rather than NHWC; an NCHW input does not get a gradient. */
  public Conv2dKernel planes(boolean planes) {
    descriptor
        .src_order(planes ? Quern.QUERN_NCHW : Quern.QUERN_NHWC)
        .src_pitch(planes ? 1 : descriptor.in_channels());
    return this;
  }

  /**
   * Makes the kernel compute in int8, with integer weights.
   *
   * @param wide whether the weights are int16 rather than int8
   * @param zero the input's zero point
   * @param padding the padding of each side; left and top must equal the window's padding
   * @param toBytes whether the output is int8 rather than floats
   */
  public Conv2dKernel bytes(boolean wide, int zero, Sides padding, boolean toBytes) {
    descriptor
        .src_type(Quern.QUERN_U8)
        .weights_type(wide ? Quern.QUERN_S16 : Quern.QUERN_S8)
        .dst_type(toBytes ? Quern.QUERN_U8 : Quern.QUERN_F32)
        .src_zero(zero)
        .uneven_height((long) padding.bottom() - padding.top())
        .uneven_width((long) padding.right() - padding.left());
    return this;
  }

  /** Sets the type of packed weights in inference; {@link #pack} converts from floats. */
  public Conv2dKernel weights(DType type) {
    descriptor.weights_type(WeightsType.of(type));
    return this;
  }

  /** Returns whether the chosen implementation multiplies numbers of bfloat16. */
  public boolean multipliesBf16() {
    String name = chosenName(Pass.FORWARD);
    return name.equals("bf16") || name.equals("amx");
  }

  /**
   * Returns whether post-operations may add a tensor in the output's memory, for every batch. With
   * other precisions, small batches may have an implementation that cannot do this.
   */
  public boolean addsInPlace() {
    long precision = descriptor.precision();
    return (precision == Conv2dPrecision.BF16.code || precision == Conv2dPrecision.HIGH.code)
        && multipliesBf16();
  }

  /**
   * Returns whether the chosen implementation reads values in bf16 as well, where products are
   * requested in bf16.
   */
  public boolean mayReadBf16() {
    return descriptor.precision() == Conv2dPrecision.BF16.code
        && (multipliesBf16() || chosenName(Pass.FORWARD).equals("depthwise"));
  }

  /** Makes {@link #backwardWeights} read a copy of the input in bf16, if {@link #mayReadBf16}. */
  public void savesBf16() {
    descriptor.saved_type(Quern.QUERN_BF16);
  }

  /** Sets whether {@link #forward} reads and writes values in bf16 rather than floats. */
  public void values(boolean srcBf16, boolean dstBf16) {
    descriptor.src_type(srcBf16 ? Quern.QUERN_BF16 : Quern.QUERN_F32);
    descriptor.dst_type(dstBf16 ? Quern.QUERN_BF16 : Quern.QUERN_F32);
  }

  /**
   * Makes {@link #forward} and {@link #backwardWeights} read the input in bf16, if {@link
   * #mayReadBf16}.
   */
  public void readsBf16() {
    descriptor.src_type(Quern.QUERN_BF16).saved_type(Quern.QUERN_BF16);
  }

  /** Makes the backward passes read the output's gradient in bf16. */
  public void readsBf16Gradient() {
    descriptor.diff_dst_type(Quern.QUERN_BF16);
  }

  /** Makes {@link #backwardData} write the input's gradient in bf16. */
  public void writesBf16Gradient() {
    descriptor.diff_src_type(Quern.QUERN_BF16);
  }

  /** Returns whether results must be rounded, rather than where an implementation is faster. */
  boolean alwaysRounds() {
    return descriptor.precision() == Conv2dPrecision.BF16.code && descriptor.inference() == 0;
  }

  /** Packs weights, which are floats or, after {@link #bytes}, integers. */
  public void pack(Pointer weights, Pointer packed) {
    Status.check(Quern.quern_conv2d_pack(descriptor, weights, packed));
  }

  /** Sets the distance between adjacent pixels of the output, in elements. */
  public void dstPitch(long elements) {
    descriptor.dst_pitch(elements);
  }

  /** Returns whether an implementation supports a pass of this convolution. */
  boolean accepts(Pass pass, int index) {
    return Quern.quern_conv2d_accepts(descriptor, pass.code(), index) == Quern.QUERN_OK;
  }

  /** Returns whether an implementation supports all passes of this convolution. */
  public boolean accepts(int index) {
    return Arrays.stream(Pass.values()).allMatch(pass -> accepts(pass, index));
  }

  /**
   * Returns the name of the implementation that runs a pass: the implementation that was set or, if
   * none was, the default, which can depend on the batch size.
   */
  public String chosenName(Pass pass) {
    long[] index = new long[1];
    Status.check(Quern.quern_conv2d_chosen(descriptor, pass.code(), index));
    return implementationName(index[0]);
  }

  @Override
  public long packedSize() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_conv2d_packed_size(descriptor, bytes));
    return bytes[0];
  }

  @Override
  public void pack(FloatPointer weights, Pointer packed) {
    pack((Pointer) weights, packed);
  }

  /** Returns the workspace size in bytes, sufficient for any pass. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(workspace(bytes));
    return bytes[0];
  }

  /**
   * Returns whether the implementation that was set (by default: any implementation) supports this
   * convolution.
   */
  public boolean isTaken() {
    return workspace(new long[1]) == Quern.QUERN_OK;
  }

  private int workspace(long[] bytes) {
    return Quern.quern_conv2d_workspace(descriptor, bytes);
  }

  /** Returns the number of doubles in the buffer {@code pieces} of {@link Conv2dPostOps#sums}. */
  public long pieceSums() {
    long[] doubles = new long[1];
    Status.check(Quern.quern_conv2d_piece_sums(descriptor, doubles));
    return doubles[0];
  }

  public void forward(
      Pointer src,
      Pointer packed,
      FloatPointer biasOrNull,
      Conv2dPostOps postOrNull,
      Pointer dst,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_conv2d_forward(
            descriptor,
            src,
            packed,
            biasOrNull,
            postOrNull == null ? null : postOrNull.descriptor,
            dst,
            workspace,
            bytes));
  }

  public void backwardData(
      Pointer diffDst, Pointer packed, Pointer diffSrc, Pointer workspace, long bytes) {
    Status.check(
        Quern.quern_conv2d_backward_data(descriptor, diffDst, packed, diffSrc, workspace, bytes));
  }

  public void backwardWeights(
      Pointer src,
      Pointer diffDst,
      FloatPointer diffWeights,
      FloatPointer diffBiasOrNull,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_conv2d_backward_weights(
            descriptor, src, diffDst, diffWeights, diffBiasOrNull, workspace, bytes));
  }
}
