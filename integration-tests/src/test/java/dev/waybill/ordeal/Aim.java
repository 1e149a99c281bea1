// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** In a child: stops where it is told to ("aim BEFORE APPLY 2"), says so, and waits for "go". Ends the process when nobody speaks any more. Any thread. */
final class Aim implements StepGuard {

    private String wanted = "";
    private int times;
    private boolean waiting;
    private boolean ended;

    /** Listens to standard input from now on. */
    void listen() {
        Thread listener = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    hear(line.split(" "));
                }
            } catch (IOException broken) {
                System.err.println("standard input: " + broken);
            }
            end();
        }, "aim");
        listener.setDaemon(true);
        listener.start();
    }

    private synchronized void hear(String[] words) {
        if (words[0].equals("aim")) {
            wanted = words[1] + " " + words[2];
            times = Integer.parseInt(words[3]);
        } else {
            wanted = "";
            waiting = false;
        }
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        waiting = false;
        notifyAll();
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    /** This side of this step has come. */
    synchronized void at(String sideAndStep) {
        if (sideAndStep.equals(wanted) && --times < 0) {
            wanted = "";
            waiting = true;
            System.out.println("at " + sideAndStep);
            while (waiting) {
                try {
                    wait();
                } catch (InterruptedException nobodyInterrupts) {
                    throw new IllegalStateException(nobodyInterrupts);
                }
            }
        }
    }

    @Override
    public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
        at("BEFORE " + step);
        T result = effect.run();
        at("AFTER " + step);
        return result;
    }
}
