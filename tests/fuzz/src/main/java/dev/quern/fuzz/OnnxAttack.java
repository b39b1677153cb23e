package dev.quern.fuzz;

import dev.quern.fuzz.files.OnnxFiles;

/** ONNX files: whole ones, and damaged in bytes and in fields. */
final class OnnxAttack implements BytesAttack {
  private final OnnxFiles files;
  private byte[] input = {};

  OnnxAttack() throws Exception {
    files = OnnxFiles.ofProcess();
  }

  @Override
  public void run(byte[] bytes) throws Exception {
    input = bytes;
    files.attack(bytes);
  }

  @Override
  public byte[] input() {
    return input.clone();
  }
}
