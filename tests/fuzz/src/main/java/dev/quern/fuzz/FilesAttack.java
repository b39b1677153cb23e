package dev.quern.fuzz;

import dev.quern.fuzz.files.Formats;

/** Files of every format that Quern reads, damaged with regard to their structure. */
final class FilesAttack implements BytesAttack {
  private final Formats formats;
  private byte[] input = {};

  FilesAttack() throws Exception {
    formats = Formats.ofProcess();
  }

  @Override
  public void run(byte[] bytes) throws Exception {
    input = bytes;
    formats.attack(bytes);
  }

  @Override
  public byte[] input() {
    return input.clone();
  }
}
