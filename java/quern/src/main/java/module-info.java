/**
 * Quern's libraries: {@code dev.quern}, {@code dev.quern.io}, {@code dev.quern.image}. ONNX is
 * apart, since protobuf-java is an automatic module, which jlink refuses.
 */
module dev.quern.all {
  requires transitive dev.quern;
  requires transitive dev.quern.image;
  requires transitive dev.quern.io;
}
