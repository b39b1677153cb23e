package dev.quern.kernel;

import dev.quern.kernel.ByteKernel.Steps;
import org.bytedeco.javacpp.Pointer;

/** Average pooling of channels-last int8 tensors. */
public interface MeanKernel {
  /** Sets the batch size of the next passes. */
  void batch(long n);

  /** Runs the forward pass; {@code to} is ignored if the output is float. */
  void forward(Pointer src, Steps from, Pointer dst, Steps to);
}
