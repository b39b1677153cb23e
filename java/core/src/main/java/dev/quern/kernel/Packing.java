package dev.quern.kernel;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A kernel that reads its weights in an order of its own. */
public interface Packing {
  /** Bytes of the packed weights; 0 where the passes take the weights as they are. */
  long packedSize();

  void pack(FloatPointer weights, Pointer packed);
}
