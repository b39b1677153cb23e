package dev.quern.kernel;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A kernel that reads its weights in a specific order. */
public interface Packing {
  /** Returns the bytes of the packed weights; 0 if passes read the weights unpacked. */
  long packedSize();

  void pack(FloatPointer weights, Pointer packed);
}
