package dev.quern.io.dataset;

import java.net.URI;
import java.util.Map;

/**
 * The published archive of a data set.
 *
 * @param top the top-level folder in the archive
 * @param most the maximum size of the unpacked content in bytes
 */
record Archive(RemoteFile file, String top, long most) {

  /**
   * Returns the archives by data set. Only data sets with known size and checksum can be
   * downloaded.
   */
  static Map<KnownDataset, Archive> published() {
    return Map.of(
        KnownDataset.CIFAR10, cifar10(),
        KnownDataset.CIFAR100, cifar100(),
        KnownDataset.CIFAR100_COARSE, cifar100());
  }

  private static Archive cifar10() {
    RemoteFile file =
        new RemoteFile(
            URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");
    return new Archive(file, "cifar-10-batches-bin", 256L << 20);
  }

  private static Archive cifar100() {
    RemoteFile file =
        new RemoteFile(
            URI.create("https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"),
            169_001_437,
            "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7");
    return new Archive(file, "cifar-100-python", 256L << 20);
  }
}
