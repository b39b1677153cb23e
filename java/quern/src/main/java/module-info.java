/**
 * All of Quern's libraries: {@code dev.quern}, {@code dev.quern.io}, {@code dev.quern.image},
 * {@code dev.quern.onnx}.
 */
module dev.quern.all {
  requires transitive dev.quern;
  requires transitive dev.quern.image;
  requires transitive dev.quern.io;
  requires transitive dev.quern.onnx;
}
