package dev.quern.kernel;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Passes that take the largest of some values, and know where it was. */
public interface MaximaKernel {
  /** Sets the batch of the next passes. */
  void batch(long n);

  /**
   * @param indicesOrNull room for one an output: where each maximum was, for the backward pass
   */
  void forward(Pointer src, Pointer dst, IntPointer indicesOrNull);

  void backward(Pointer diffDst, IntPointer indices, Pointer diffSrc);
}
