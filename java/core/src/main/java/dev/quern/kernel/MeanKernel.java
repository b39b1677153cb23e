package dev.quern.kernel;

import dev.quern.kernel.ByteKernel.Steps;
import org.bytedeco.javacpp.Pointer;

/** Means of windows of channels-last bytes. */
public interface MeanKernel {
  /** Sets the batch of the next pass. */
  void batch(long n);

  /** Where the means are floats, their steps are of no account. */
  void forward(Pointer src, Steps from, Pointer dst, Steps to);
}
