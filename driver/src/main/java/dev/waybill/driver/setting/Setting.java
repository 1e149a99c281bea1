// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The settings that there are, by name: one constant for each component of {@link WaybillSettings}, and where its text stands. Immutable; any thread. */
public enum Setting {

    UNCAPTURED("refuse", "What happens with a write to a published table that cannot be captured exactly.", choices(UncapturedPolicy.values())),
    UNWRAP("refuse", "What unwrap to a class of the real driver does.", choices(UnwrapPolicy.values())),
    AGENT("auto", "Whether a message agent runs beside the application.", choices(AgentMode.values())),
    SHOW_CATALOGUE("false", "Whether the metadata show schema WAYBILL without being asked for it by name.", List.of("true", "false")),
    WAIT("30s", "How long START and SYNCHRONIZE SUBSCRIPTION wait for the writers that began before.", List.of()),
    MESSAGE_BYTES("50000", "The longest message that the agent beside the application sends; from 10000.", List.of()),
    POLL("500ms", "The longest time between two looks at the links by the agent beside the application.", List.of()),
    PATIENCE("5s", "How long the agent beside the application waits, with nothing new coming, until it asks again for messages that are missing; from 10ms.", List.of()),
    JOURNAL_KEEP("168h", "How long the journal is kept, though nobody is owed it any more, for replicas that are restored from a backup.", List.of()),
    JOURNAL_KEEP_BYTES("64MB", "The most bytes of it.", List.of()),
    JOURNAL_MOST("720h", "How long the journal is kept for a replica that does not confirm; then it is synchronized anew.", List.of()),
    JOURNAL_MOST_BYTES("4GB", "The most bytes of it.", List.of()),
    CAPTURE("driver", "Who captures what is written to published tables: the driver, or triggers that see every program (PostgreSQL, MariaDB).", choices(CaptureMode.values())),
    CALL_TIMEOUT("30s", "How long CALL … AT and REFRESH wait for an answer, where they do not say it themselves; from 1ms.", List.of()),
    KEYS("", "The directory of the key ring of the agent beside the application; empty: none. See ./waybill keys.", List.of()),
    FILE("waybill.properties", "A file of settings; the default one need not be there.", List.of());

    /** What every name begins with. */
    public static final String PREFIX = "waybill.";

    private final String defaultText;
    private final String description;
    private final List<String> choices;

    Setting(String defaultText, String description, List<String> choices) {
        this.defaultText = defaultText;
        this.description = description;
        this.choices = choices;
    }

    /** {@code waybill.show-catalogue}. */
    public String key() {
        return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What applies when nothing is said. */
    public String defaultText() {
        return defaultText;
    }

    /** For people. */
    public String description() {
        return description;
    }

    /** The texts that are understood; empty: any of its type. */
    public List<String> choices() {
        return choices;
    }

    /** The setting of this key, or null. */
    public static Setting of(String key) {
        return Stream.of(values()).filter(setting -> setting.key().equals(key)).findFirst().orElse(null);
    }

    private static List<String> choices(Enum<?>... constants) {
        return Stream.of(constants).map(constant -> constant.name().toLowerCase(Locale.ROOT)).toList();
    }
}
