#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Postfix and Dovecot on loopback, with configuration, queue, mailboxes and certificate of their own, until standard input ends. In name spaces of their own (unshare --mount --pid), where what install.sh unpacked lies over /usr:
# nobody else sees it, and all that was started ends with this script.
set -eu
ROOT=$1 RUN=$2 SUBMISSION=$3 IMAP=$4 POP3=$5 LMTP=$6 AUTH=$7 LARGEST=$8
mount -t overlay waybill-mail -o "lowerdir=$ROOT/root/usr:/usr" /usr
mkdir -p "$RUN/postfix" "$RUN/spool" "$RUN/data" "$RUN/dovecot" "$RUN/mail"
chown nobody "$RUN/data"
chown -R mail:mail "$RUN/mail"
FILES=$ROOT/root/etc/postfix/postfix-files
[ -f "$FILES" ] || FILES=/etc/postfix/postfix-files
cp "$FILES" "$RUN/postfix"
touch "$RUN/postfix/dynamicmaps.cf"
cat > "$RUN/postfix/main.cf" <<END
compatibility_level = 3.6
queue_directory = $RUN/spool
data_directory = $RUN/data
meta_directory = $RUN/postfix
mail_owner = nobody
default_privs = daemon
setgid_group = games
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks =
alias_maps =
alias_database =
default_database_type = texthash
virtual_mailbox_domains = example.org
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:127.0.0.1:$LMTP
message_size_limit = $LARGEST
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = $RUN/cert.pem
smtpd_tls_key_file = $RUN/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:$AUTH
smtpd_relay_restrictions = permit_sasl_authenticated, reject
maillog_file = $RUN/postfix.log
maillog_file_prefixes = $RUN
END
cat > "$RUN/postfix/master.cf" <<END
$SUBMISSION inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 2 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
END
cat > "$RUN/dovecot/dovecot.conf" <<END
base_dir = $RUN/dovecot/run
state_dir = $RUN/dovecot/run
instance_name = waybill-test
protocols = imap pop3 lmtp
listen = 127.0.0.1
log_path = $RUN/dovecot.log
default_internal_user = daemon
default_internal_group = daemon
default_login_user = nobody
ssl = required
ssl_cert = <$RUN/cert.pem
ssl_key = <$RUN/key.pem
first_valid_uid = 1
mail_location = maildir:$RUN/mail/%n
mail_plugins = quota
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%n $RUN/users
}
userdb {
  driver = passwd-file
  args = username_format=%n $RUN/users
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $IMAP
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = $POP3
  }
  inet_listener pop3s {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $LMTP
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = $AUTH
  }
}
service anvil {
  chroot =
}
END
MAIL=$(id -u mail):$(id -g mail)
for user in hq branch; do
    echo "$user:{PLAIN}only-for-tests:$MAIL::$RUN/mail::"
done > "$RUN/users"
echo "full:{PLAIN}only-for-tests:$MAIL::$RUN/mail::userdb_quota_rule=*:storage=30K" >> "$RUN/users"
dovecot -F -c "$RUN/dovecot/dovecot.conf" > "$RUN/dovecot.out" 2>&1 &
postfix -c "$RUN/postfix" start > "$RUN/postfix.out" 2>&1
cat > /dev/null
