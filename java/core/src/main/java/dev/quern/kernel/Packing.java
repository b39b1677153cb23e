package dev.quern.kernel;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A kernel with its own memory layout for weights. */
public interface Packing {
  /** Returns the size of the packed weights in bytes; 0 if the kernel reads unpacked weights. */
  long packedSize();

  void pack(FloatPointer weights, Pointer packed);
}
