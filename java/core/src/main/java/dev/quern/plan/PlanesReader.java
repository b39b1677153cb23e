package dev.quern.plan;

import org.bytedeco.javacpp.Pointer;

/** An operation that reads the network's input where the callers left it, plane after plane. */
interface PlanesReader {
  /** Has the next passes read their input there, not in the slab. */
  void readFrom(Pointer input);
}
