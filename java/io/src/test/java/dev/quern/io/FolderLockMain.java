package dev.quern.io;

import java.io.IOException;
import java.nio.file.Path;

/** Holds a folder until it is killed, or its standard input ends. */
final class FolderLockMain {
  private FolderLockMain() {}

  public static void main(String[] args) throws IOException {
    FolderLock lock = FolderLock.take("test", Path.of(args[0]), new Object());
    System.out.println("held");
    System.in.read();
    lock.close();
  }
}
