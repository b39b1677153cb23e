/**
 * Quern's libraries: {@code dev.quern}, {@code dev.quern.io}, {@code dev.quern.image}. The ONNX
 * module is not included, since it needs protobuf-java, an automatic module, which jlink rejects.
 */
module dev.quern.all {
  requires transitive dev.quern;
  requires transitive dev.quern.image;
  requires transitive dev.quern.io;
}
