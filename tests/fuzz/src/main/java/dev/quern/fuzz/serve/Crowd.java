package dev.quern.fuzz.serve;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Connections on which nothing is sent, more than the server may have; made again and again. */
final class Crowd implements Runnable {
  private static final int HELD_MILLIS = 3000;
  private static final int ATTEMPT_MILLIS = 200;

  private final int port;
  private final int size;
  private volatile boolean done;

  Crowd(int port, int size) {
    this.port = port;
    this.size = size;
  }

  @Override
  public void run() {
    while (!done && size > 0) {
      List<Socket> open = new ArrayList<>();
      try {
        for (int i = 0; i < size && !done; i++) {
          connect(open);
        }
        for (int waited = 0; waited < HELD_MILLIS && !done; waited += ATTEMPT_MILLIS) {
          Thread.sleep(ATTEMPT_MILLIS);
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        open.forEach(Crowd::close);
      }
    }
  }

  private void connect(List<Socket> open) throws InterruptedException {
    try {
      open.add(Wire.connect(port));
    } catch (IOException e) {
      Thread.sleep(1); // no room for more, which is what was wanted
    }
  }

  private static void close(Socket s) {
    try {
      s.close();
    } catch (IOException e) {
      // it is closed already
    }
  }

  void stop() {
    done = true;
  }
}
