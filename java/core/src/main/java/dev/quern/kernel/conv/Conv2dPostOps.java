package dev.quern.kernel.conv;

import dev.quern.bindings.PostOpsDescriptor;
import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The post-operations of a convolution's forward pass on each sum before it is stored: {@code
 * min(max(sum * scale + shift + add, low), high)}. By default, they do not change the sums.
 */
public final class Conv2dPostOps {
  final PostOpsDescriptor descriptor;

  /**
   * Creates post-operations.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}; must be zeros
   */
  public Conv2dPostOps(Pointer at) {
    descriptor =
        new PostOpsDescriptor(at).low(Float.NEGATIVE_INFINITY).high(Float.POSITIVE_INFINITY);
  }

  /** Sets a factor and an addend for each channel. */
  public void scale(FloatPointer scale, FloatPointer shift) {
    descriptor.scale(scale).shift(shift);
  }

  /** Sets the values to add, with the output's layout, in other memory. */
  public void add(Pointer values) {
    descriptor.add(values);
  }

  /**
   * Sets the quantization of int8 output and addend.
   *
   * @param zero the byte of the output that represents 0
   * @param addZero the byte of the addend that represents 0
   * @param addScale the scale of the addend, relative to the output's
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
   * Makes the pass compute each channel's sum and sum of squares over the output.
   *
   * @param pieces memory of {@link Conv2dKernel#pieceSums} doubles
   */
  public void sums(DoublePointer sums, DoublePointer pieces) {
    descriptor.sums(sums).pieces(pieces);
  }
}
