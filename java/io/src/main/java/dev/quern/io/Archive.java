package dev.quern.io;

import java.net.URI;
import java.util.Map;

/**
 * The published archive of a data set.
 *
 * @param top the folder that it holds
 * @param most bytes that it may unpack to
 */
record Archive(RemoteFile file, String top, long most) {

  /** Those whose size and checksum are known; what has none is not downloaded. */
  static Map<KnownDataset, Archive> published() {
    return Map.of(KnownDataset.CIFAR10, cifar10());
  }

  private static Archive cifar10() {
    RemoteFile file =
        new RemoteFile(
            URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");
    return new Archive(file, "cifar-10-batches-bin", 256L << 20);
  }
}
