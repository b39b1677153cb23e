package dev.quern.tests;

import dev.quern.engine.Engine;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;

/** Two threads meet JavaCPP for the first time: one through Quern, one as another library would. */
public final class FirstUseMain {
  private FirstUseMain() {}

  public static void main(String[] args) throws InterruptedException {
    int later = Integer.getInteger("later");
    Thread quern = begin(0, Engine::info);
    Thread other = begin(later, Pointer::maxBytes);
    quern.join(TimeUnit.SECONDS.toMillis(20));
    other.join(TimeUnit.SECONDS.toMillis(20));
    System.out.println(quern.isAlive() || other.isAlive() ? "waits for ever" : "done");
    System.exit(0);
  }

  private static Thread begin(int milliseconds, Runnable use) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(milliseconds);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              use.run();
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
