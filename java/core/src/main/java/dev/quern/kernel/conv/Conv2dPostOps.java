package dev.quern.kernel.conv;

import dev.quern.bindings.PostOpsDescriptor;
import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Post-operations that a convolution's forward pass applies to each output element {@code x}:
 * {@code min(max(x * scale + shift + add, low), high)}. The defaults do not change the output.
 */
public final class Conv2dPostOps {
  final PostOpsDescriptor descriptor;

  /**
   * Creates post-operations that do not change the output.
   *
   * @param at zeroed memory of the descriptor, see {@link DescriptorMemory}
   */
  public Conv2dPostOps(Pointer at) {
    descriptor =
        new PostOpsDescriptor(at).low(Float.NEGATIVE_INFINITY).high(Float.POSITIVE_INFINITY);
  }

  /** Sets a factor and an addend for each channel. */
  public void scale(FloatPointer scale, FloatPointer shift) {
    descriptor.scale(scale).shift(shift);
  }

  /**
   * Sets a tensor to add, which has the output's layout. It must not share the output's memory,
   * except if {@link Conv2dKernel#addsInPlace} and it has the output's address.
   */
  public void add(Pointer values) {
    descriptor.add(values);
  }

  /**
   * Sets the quantization parameters of int8 output and addend.
   *
   * @param zero the output's zero point
   * @param addZero the addend's zero point
   * @param addScale the addend's scale divided by the output's scale
   */
  public void bytes(int zero, int addZero, float addScale) {
    descriptor.dst_zero(zero).add_zero(addZero).add_scale(addScale);
  }

  public void low(float bound) {
    descriptor.low(bound);
  }

  public void high(float bound) {
    descriptor.high(bound);
  }

  /**
   * Makes the forward pass compute, for each channel, the sum and the sum of squares of the output.
   *
   * @param pieces a buffer for partial sums, {@link Conv2dKernel#pieceSums} doubles
   */
  public void sums(DoublePointer sums, DoublePointer pieces) {
    descriptor.sums(sums).pieces(pieces);
  }
}
