#compdef gleaner

autoload -U is-at-least

_gleaner() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_gleaner_commands" \
"*::: :->gleaner" \
&& ret=0
    case $state in
    (gleaner)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-command-$line[1]:"
        case $line[1] in
            (agent)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__agent_commands" \
"*::: :->agent" \
&& ret=0

    case $state in
    (agent)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-agent-command-$line[1]:"
        case $line[1] in
            (run)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file\: server, server_fingerprint or ca_cert, state, every; and for each source\: number, kind, path, scope, base_url, key_pattern, squid_folders]:FILE:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-check-config[]' \
'--check-config[Only say whether the agent could start, and by which certificate it is known]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(allow)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'--label=[What to call it]:TEXT:_default' \
'*--sources=[Numbers of the sources that it speaks for, and no others any more]:NUMBERS:_default' \
'*--urls=[What the URLs begin with of files that its sources may have\: subscribers offer files that they downloaded from there]:URLS:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-sources[]' \
'--no-urls[]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':certificate -- SHA-256 of its certificate, as `agent run --check-config` prints it:_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(deny)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':certificate -- SHA-256 of its certificate:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__agent__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-agent-help-command-$line[1]:"
        case $line[1] in
            (run)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(allow)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(deny)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(serve)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'--listen=[Where to listen; port 0 picks a free one \[default\: 127.0.0.1\:7443\]]:ADDRESS:_default' \
'--metrics=[Where to answer /healthz, /metrics and /status, without a login \[default\: nowhere\]]:ADDRESS:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-check-config[]' \
'--check-config[Only say whether the server could start]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(tenant)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__tenant_commands" \
"*::: :->tenant" \
&& ret=0

    case $state in
    (tenant)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-tenant-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
'--quota=[Bytes that its repository may take]:SIZE:_default' \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- 1 to 64 of a-z, 0-9, dot, underscore and dash:_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(quota)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- Whose:_default' \
':quota -- How much, or `none`:_default' \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
'--yes-destroy=[Name of the tenant, to remove it without a terminal]:NAME:_default' \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- Whom:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__tenant__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-tenant-help-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(quota)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(token)
_arguments "${_arguments_options[@]}" : \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__token_commands" \
"*::: :->token" \
&& ret=0

    case $state in
    (token)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-token-command-$line[1]:"
        case $line[1] in
            (new)
_arguments "${_arguments_options[@]}" : \
'--tenant=[Whose data it is for]:NAME:_default' \
'--expires=[How long it counts \[default\: for ever\]]:DURATION:_default' \
'--label=[What to call it]:TEXT:_default' \
'*--verbs=[What it may be used for]:VERBS:((restore\:"Read everything of the tenant"
backup\:"The same, and add snapshots; nothing can be changed or taken away"
prune\:"The same, and take snapshots and packs away"
init\:"The same, and make the repository and its keys"))' \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-verbs[]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'--tenant=[Only of this tenant]:NAME:_default' \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(revoke)
_arguments "${_arguments_options[@]}" : \
'--tenant=[Whose]:NAME:_default' \
'--config=[TOML file with keys of the server\: data, listen, metrics, names, certificate, key]:FILE:_files' \
'--data=[Folder of the server\: its certificate, its tenants and their repositories]:DIR:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':id -- Its id, or the beginning of it:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__token__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-token-help-command-$line[1]:"
        case $line[1] in
            (new)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(revoke)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(init)
_arguments "${_arguments_options[@]}" : \
'--chunker=[How data is cut\: default, fine, large or fixed\:BYTES]:PRESET:_default' \
'--pack-size=[Size at which a pack is closed]:SIZE:_default' \
'--compression=[none, fast, default, max or 0..=22]:LEVEL:_default' \
'--parity=[Write a parity sidecar of that many percent beside each new pack, so that damage of it heals\: 3 is a good start, up to 100]:PCT:_default' \
'--recovery-sheet=[With --server\: where the recovery sheet goes \[default\: stdout, unless --json\]]:FILE:_files' \
'--from-repo=[Repository to take them from]:URL:_default' \
'--from-password-file=[File with the password of --from-repo]:FILE:_files' \
'--from-password-command=[Command that prints the password of --from-repo]:CMD:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--encryption[]' \
'--no-encryption[No password and no sealing\: anyone who reads the repository reads everything]' \
'--no-dry-run[]' \
'-n[Create nothing, only look whether it could be done]' \
'--dry-run[Create nothing, only look whether it could be done]' \
'--no-pad[]' \
'--pad[Pad sealed blocks to size classes]' \
'--no-copy-chunker-params[]' \
'--copy-chunker-params[Take over preset and domain key of --from-repo, so that both deduplicate alike]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(backup)
_arguments "${_arguments_options[@]}" : \
'--exclude-larger-than=[Leave out files larger than SIZE]:SIZE:_default' \
'--stdin-filename=[Name of that file]:NAME:_default' \
'-H+[Host to record (default\: this machine'\''s name)]:HOST:_default' \
'--host=[Host to record (default\: this machine'\''s name)]:HOST:_default' \
'--time=[Time to record (default\: now)]:TIME:_default' \
'--parent=[Compare with this snapshot (default\: the latest of the same host and paths)]:SNAP:_default' \
'-g+[What the snapshot to compare with agrees in; empty\: the latest of all]:host,paths,tags:_default' \
'--group-by=[What the snapshot to compare with agrees in; empty\: the latest of all]:host,paths,tags:_default' \
'--compression=[none, fast, default, max or 0..=22 (default\: the repository'\''s)]:LEVEL:_default' \
'--pack-size=[Size at which a pack of this run is closed (default\: the repository'\''s)]:SIZE:_default' \
'--read-concurrency=[Threads that read files (default\: --threads)]:N:_default' \
'*-e+[Leave out what matches (repeatable; \`!\` takes back)]:PATTERN:_default' \
'*--exclude=[Leave out what matches (repeatable; \`!\` takes back)]:PATTERN:_default' \
'*--iexclude=[As --exclude, upper and lower case are the same]:PATTERN:_default' \
'*--exclude-file=[File with patterns, one on a line, # begins a comment]:FILE:_files' \
'*--iexclude-file=[As --exclude-file, upper and lower case are the same]:FILE:_files' \
'*--exclude-if-present=[Leave out what is in folders that hold this file (with a header\: that begins with it)]:FILE[:HEADER]:_default' \
'*--files-from=[File with patterns of paths to save, one on a line; - is stdin]:FILE:_files' \
'*--files-from-verbatim=[File with paths to save, one on a line, taken literally; - is stdin]:FILE:_files' \
'*--files-from-raw=[File with paths to save, each ended by a NUL byte; - is stdin]:FILE:_files' \
'*--tag=[Tags of the snapshot (repeatable)]:TAG[,TAG...]:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-exclude[]' \
'--no-iexclude[]' \
'--no-exclude-file[]' \
'--no-iexclude-file[]' \
'--no-exclude-caches[]' \
'--exclude-caches[Leave out what is in folders marked by a CACHEDIR.TAG]' \
'--no-exclude-if-present[]' \
'--no-ignore-files[]' \
'--ignore-files[Leave out what a .gleanerignore in the folder, or above it, names]' \
'--no-files-from[]' \
'--no-files-from-verbatim[]' \
'--no-files-from-raw[]' \
'--no-one-file-system[]' \
'-x[Stay on the file systems of the given paths]' \
'--one-file-system[Stay on the file systems of the given paths]' \
'--no-stdin[]' \
'--stdin[Save what comes on stdin as one file]' \
'--no-stdin-from-command[]' \
'--stdin-from-command[Run the command after \`--\` and save its output; no snapshot if it fails]' \
'--no-dry-run[]' \
'-n[Write nothing, only say what would be saved]' \
'--dry-run[Write nothing, only say what would be saved]' \
'--no-tag[]' \
'--no-force[]' \
'-f[Read every file again, compare with no snapshot]' \
'--force[Read every file again, compare with no snapshot]' \
'--no-skip-if-unchanged[]' \
'--skip-if-unchanged[Write no snapshot if nothing changed since the parent]' \
'--no-ignore-inode[]' \
'--ignore-inode[A file with another inode number may be unchanged]' \
'--no-ignore-ctime[]' \
'--ignore-ctime[A file with another time of status change may be unchanged]' \
'--no-with-atime[]' \
'--with-atime[Save times of last access]' \
'--xattrs[]' \
'--no-xattrs[Save no extended attributes]' \
'--no-mmap[]' \
'--mmap[Map large files that nobody writes instead of reading them]' \
'--access[]' \
'--no-access[Offer nothing to be looked for at access servers\: all that is novel is sent]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::paths -- What to save; after `--stdin-from-command --`, the command to run:_default' \
&& ret=0
;;
(snapshots)
_arguments "${_arguments_options[@]}" : \
'--latest=[Only the last N of each host and paths]:N:_default' \
'-g+[Group the list]:host,paths,tags:_default' \
'--group-by=[Group the list]:host,paths,tags:_default' \
'*-H+[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--host=[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--tag=[Only snapshots with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'*--path=[Only snapshots that saved this path (repeatable\: all of them)]:PATH:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-host[]' \
'--no-tag[]' \
'--no-path[]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::snapshots -- Only these (ids or beginnings of ids):_default' \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
'--sort=[Order of the list]:SORT:((name\:"In order of names, folders before their entries"
size\:"Largest first"
time\:"Newest first"))' \
'*-H+[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--host=[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--tag=[Only snapshots with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'*--path=[Only snapshots that saved this path (repeatable\: all of them)]:PATH:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-host[]' \
'--no-tag[]' \
'--no-path[]' \
'--no-long[]' \
'-l[Mode, owner, size and time too]' \
'--long[Mode, owner, size and time too]' \
'--no-recursive[]' \
'--recursive[Everything below the path]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::address -- Without a path\: everything; with one\: the entries of that folder:_default' \
&& ret=0
;;
(restore)
_arguments "${_arguments_options[@]}" : \
'-t+[Folder to restore into]:DIR:_files' \
'--target=[Folder to restore into]:DIR:_files' \
'--overwrite=[What happens to entries that exist]:OVERWRITE:((always\:"Always; bytes that are right already are kept"
if-changed\:"If size or time of modification differ"
if-newer\:"If the snapshot'\''s entry is newer"
never\:"Never"))' \
'*-H+[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--host=[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--tag=[Only snapshots with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'*--path=[Only snapshots that saved this path (repeatable\: all of them)]:PATH:_default' \
'*-i+[Restore only what matches (repeatable)]:PATTERN:_default' \
'*--include=[Restore only what matches (repeatable)]:PATTERN:_default' \
'*--iinclude=[As --include, upper and lower case are the same]:PATTERN:_default' \
'*-e+[Leave out what matches (repeatable)]:PATTERN:_default' \
'*--exclude=[Leave out what matches (repeatable)]:PATTERN:_default' \
'*--iexclude=[As --exclude, upper and lower case are the same]:PATTERN:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-host[]' \
'--no-tag[]' \
'--no-path[]' \
'--no-include[]' \
'--no-iinclude[]' \
'--no-exclude[]' \
'--no-iexclude[]' \
'--no-delete[]' \
'--delete[Remove from the target what is not in the snapshot]' \
'--no-sparse[]' \
'--sparse[Write zeros as holes]' \
'--no-verify[]' \
'--verify[Read the target back and compare]' \
'--no-numeric-owner[]' \
'--numeric-owner[Use the recorded numbers of owners, not their names]' \
'--special-files[]' \
'--no-special-files[Skip pipes, sockets and devices, and drop set-id bits]' \
'--no-dry-run[]' \
'-n[Write nothing, only say what would be restored]' \
'--dry-run[Write nothing, only say what would be restored]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':address -- What to restore:_default' \
&& ret=0
;;
(dump)
_arguments "${_arguments_options[@]}" : \
'-t+[File to write instead of stdout]:FILE:_files' \
'--target=[File to write instead of stdout]:FILE:_files' \
'*-H+[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--host=[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--tag=[Only snapshots with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'*--path=[Only snapshots that saved this path (repeatable\: all of them)]:PATH:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-host[]' \
'--no-tag[]' \
'--no-path[]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':address -- A file, or a folder to write as tar:_default' \
&& ret=0
;;
(diff)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-metadata[]' \
'--metadata[Show changes of mode, owner and times too]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':older -- Older snapshot:_default' \
':newer -- Newer snapshot:_default' \
&& ret=0
;;
(find)
_arguments "${_arguments_options[@]}" : \
'--newest=[Only entries modified before TIME]:TIME:_default' \
'--oldest=[Only entries modified after TIME]:TIME:_default' \
'*-H+[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--host=[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--tag=[Only snapshots with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'*--path=[Only snapshots that saved this path (repeatable\: all of them)]:PATH:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-host[]' \
'--no-tag[]' \
'--no-path[]' \
'--no-ignore-case[]' \
'-i[Upper and lower case are the same]' \
'--ignore-case[Upper and lower case are the same]' \
'--no-chunk[]' \
'(--pack)--chunk[Patterns are chunk ids\: find the files that use them]' \
'--no-pack[]' \
'--pack[Patterns are pack ids\: find the files that need them]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::patterns -- Pattern of names or paths; with --chunk or --pack\: beginning of an id:_default' \
&& ret=0
;;
(stats)
_arguments "${_arguments_options[@]}" : \
'--mode=[What is counted]:MODE:((restore-size\:"Bytes that a restore would write"
files-by-contents\:"Files, each content once"
raw-data\:"Chunks that the snapshots refer to, each once"))' \
'*-H+[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--host=[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--tag=[Only snapshots with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'*--path=[Only snapshots that saved this path (repeatable\: all of them)]:PATH:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-host[]' \
'--no-tag[]' \
'--no-path[]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::snapshots -- Only these (default\: all):_default' \
&& ret=0
;;
(check)
_arguments "${_arguments_options[@]}" : \
'--read-data-subset=[So, but part n of t by pack id, random x %, or SIZE of packs, least recently verified first]:n/t|x%|SIZE:_default' \
'--max-age=[Do not read packs that were verified less than DUR ago (90s 30m 12h 7d 2w)]:DUR:_default' \
'--max-duration=[Stop at the next safe point after DUR; the next run goes on]:DUR:_default' \
'--max-errors=[Stop at the next safe point after N errors; the next run goes on]:N:_default' \
'--wanted=[Write the ids of damaged and missing chunks to FILE, one JSON line each]:FILE:_files' \
'*--snapshot=[Look only at what these snapshots need (repeatable)]:SNAP:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-read-data[]' \
'--read-data[Open every block and recompute every chunk id]' \
'--no-snapshot[]' \
'--no-list-codes[]' \
'--list-codes[List the codes of findings]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(repair)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__repair_commands" \
"*::: :->repair" \
&& ret=0

    case $state in
    (repair)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-repair-command-$line[1]:"
        case $line[1] in
            (index)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-apply[]' \
'--apply[Do it; without this only say what would be done]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(packs)
_arguments "${_arguments_options[@]}" : \
'--wanted=[Look at what this file names, written by \`check --wanted\`; without it everything is read]:FILE:_files' \
'--from-password-file=[File with the password of --from-repo]:FILE:_files' \
'--from-password-command=[Command that prints the password of --from-repo]:CMD:_default' \
'--max-duration=[Stop between two packs after this time (1h30m); the next run goes on]:DUR:_default' \
'*--from-repo=[Repository to take lost chunks from; may be given more than once]:URL:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-apply[]' \
'--apply[Do it; without this only say what would be done]' \
'--no-from-repo[]' \
'--parity[]' \
'--no-parity[Do not ask the parity sidecars of damaged packs]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(snapshots)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-apply[]' \
'--apply[Do it; without this only say what would be done]' \
'--no-drop-lost[]' \
'--drop-lost[Write a new snapshot without the lost paths; the old one stays until it is forgotten]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(all)
_arguments "${_arguments_options[@]}" : \
'--from-password-file=[File with the password of --from-repo]:FILE:_files' \
'--from-password-command=[Command that prints the password of --from-repo]:CMD:_default' \
'(--apply --from-repo --drop-lost)--undo=[Put back what this repair took out of use, byte for byte]:RUN:_default' \
'*--from-repo=[Repository to take lost chunks from; may be given more than once]:URL:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-apply[]' \
'--apply[Do it; without this only say what would be done]' \
'--no-from-repo[]' \
'--parity[]' \
'--no-parity[Do not ask the parity sidecars of damaged packs]' \
'--no-drop-lost[]' \
'--drop-lost[Write new snapshots without the lost paths; the old ones stay until they are forgotten]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__repair__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-repair-help-command-$line[1]:"
        case $line[1] in
            (index)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(packs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(snapshots)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(all)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(cat)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':what -- Kind of object:((config\:"The repository'\''s config"
snapshot\:"A snapshot'\''s manifest"
pack\:"A pack'\''s directory"
key\:"A key slot, without secrets"))' \
'::id -- Id, or its beginning (not for the config):_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':what -- What to list:((packs\:"Ids of packs"
snapshots\:"Ids of snapshots"
keys\:"Ids of key slots"
leases\:"Sessions"
chunks\:"Ids of chunks, from pack directories"))' \
&& ret=0
;;
(key)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__key_commands" \
"*::: :->key" \
&& ret=0

    case $state in
    (key)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-key-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(add)
_arguments "${_arguments_options[@]}" : \
'--new-password-file=[File whose first line is the new password]:FILE:_files' \
'--new-password-command=[Command that prints the new password]:CMD:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-dry-run[]' \
'-n[Change nothing, only look whether it could be done]' \
'--dry-run[Change nothing, only look whether it could be done]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
'--yes-destroy=[Name of the repository'\''s folder, to remove the last slot without a terminal]:NAME:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-dry-run[]' \
'-n[Change nothing, only say what would be removed]' \
'--dry-run[Change nothing, only say what would be removed]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':id -- Id of the slot, or its beginning:_default' \
&& ret=0
;;
(passwd)
_arguments "${_arguments_options[@]}" : \
'--new-password-file=[File whose first line is the new password]:FILE:_files' \
'--new-password-command=[Command that prints the new password]:CMD:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-dry-run[]' \
'-n[Change nothing, only look whether it could be done]' \
'--dry-run[Change nothing, only look whether it could be done]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(rotate)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-dry-run[]' \
'-n[Change nothing, only say which key epoch would begin]' \
'--dry-run[Change nothing, only say which key epoch would begin]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__key__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-key-help-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(passwd)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rotate)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(copy)
_arguments "${_arguments_options[@]}" : \
'--from-repo=[Repository to read from; -r names the one that is written]:URL:_default' \
'--from-password-file=[File with the password of --from-repo]:FILE:_files' \
'--from-password-command=[Command that prints the password of --from-repo]:CMD:_default' \
'*-H+[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--host=[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--tag=[Only snapshots with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'*--path=[Only snapshots that saved this path (repeatable\: all of them)]:PATH:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-host[]' \
'--no-tag[]' \
'--no-path[]' \
'--no-dry-run[]' \
'-n[Read and count, and write nothing]' \
'--dry-run[Read and count, and write nothing]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::snapshots -- Snapshots of --from-repo; without any, all that the filters let through:_default' \
&& ret=0
;;
(forget)
_arguments "${_arguments_options[@]}" : \
'-l+[The last N]:N:_default' \
'--keep-last=[The last N]:N:_default' \
'--keep-hourly=[The last of each of the last N hours]:N:_default' \
'-d+[The last of each of the last N days]:N:_default' \
'--keep-daily=[The last of each of the last N days]:N:_default' \
'-w+[The last of each of the last N weeks]:N:_default' \
'--keep-weekly=[The last of each of the last N weeks]:N:_default' \
'-m+[The last of each of the last N months]:N:_default' \
'--keep-monthly=[The last of each of the last N months]:N:_default' \
'-y+[The last of each of the last N years]:N:_default' \
'--keep-yearly=[The last of each of the last N years]:N:_default' \
'--keep-within=[All that are at most this much older than the newest (1y5m7d2h)]:SPAN:_default' \
'-g+[What makes a group of snapshots to which the policy applies]:host,paths,tags:_default' \
'--group-by=[What makes a group of snapshots to which the policy applies]:host,paths,tags:_default' \
'--yes-destroy=[Name of the repository'\''s folder, to confirm without a terminal]:NAME:_default' \
'*-H+[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--host=[Only snapshots of this host (repeatable\: any of them)]:HOST:_default' \
'*--tag=[Only snapshots with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'*--path=[Only snapshots that saved this path (repeatable\: all of them)]:PATH:_default' \
'*--keep-tag=[All with all of these tags (repeatable\: any of the lists)]:TAG[,TAG...]:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-host[]' \
'--no-tag[]' \
'--no-path[]' \
'--no-keep-tag[]' \
'--no-unsafe-allow-remove-all[]' \
'--unsafe-allow-remove-all[Let a policy that keeps nothing drop everything]' \
'--no-prune[]' \
'--prune[Prune afterwards, if anything was dropped]' \
'--no-dry-run[]' \
'-n[Change nothing, only say what would be dropped]' \
'--dry-run[Change nothing, only say what would be dropped]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::snapshots -- Snapshots to drop; without any, the policy decides:_default' \
&& ret=0
;;
(prune)
_arguments "${_arguments_options[@]}" : \
'--max-unused=[Unneeded bytes that may stay in packs with others\: 5%, a SIZE, or unlimited]:LIMIT:_default' \
'--max-repack-size=[Rewrite packs of at most so many bytes in this run]:SIZE:_default' \
'--repack-smaller-than=[Merge packs below this size]:SIZE:_default' \
'--max-duration=[Stop at a safe point after this time (1h30m); the next run goes on]:DUR:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-rewrite-key-epochs[]' \
'--rewrite-key-epochs[Rewrite all packs that are sealed under older key epochs (after \`key rotate\`)]' \
'--no-now[]' \
'--now[Delete in this run what it condemns; refused while other sessions are open]' \
'--no-unsafe-allow-shrink[]' \
'--unsafe-allow-shrink[Go on although snapshots vanished that nobody forgot]' \
'--no-dry-run[]' \
'-n[Print the plan, and change nothing]' \
'--dry-run[Print the plan, and change nothing]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(compact)
_arguments "${_arguments_options[@]}" : \
'--max-unused=[Unneeded bytes that may stay in packs with others\: 5%, a SIZE, or unlimited]:LIMIT:_default' \
'--max-repack-size=[Rewrite packs of at most so many bytes in this run]:SIZE:_default' \
'--repack-smaller-than=[Merge packs below this size]:SIZE:_default' \
'--max-duration=[Stop at a safe point after this time (1h30m); the next run goes on]:DUR:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-rewrite-key-epochs[]' \
'--rewrite-key-epochs[Rewrite all packs that are sealed under older key epochs (after \`key rotate\`)]' \
'--no-now[]' \
'--now[Delete in this run what it condemns; refused while other sessions are open]' \
'--no-unsafe-allow-shrink[]' \
'--unsafe-allow-shrink[Go on although snapshots vanished that nobody forgot]' \
'--no-dry-run[]' \
'-n[Print the plan, and change nothing]' \
'--dry-run[Print the plan, and change nothing]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(migrate)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-apply[]' \
'--apply[Do it; without this only say what would be done]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(parity)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__parity_commands" \
"*::: :->parity" \
&& ret=0

    case $state in
    (parity)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-parity-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
'--percent=[Recovery shards for each hundred data shards, 1 to 100; by default what \`init --parity\` said, else 3]:PCT:_default' \
'*--pack=[Only this pack, by its id or the beginning of it; may be repeated]:ID:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-pack[]' \
'--no-dry-run[]' \
'-n[Write nothing, only say what would be written]' \
'--dry-run[Write nothing, only say what would be written]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
'*--pack=[Only of this pack, by its id or the beginning of it; may be repeated]:ID:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-pack[]' \
'--no-dry-run[]' \
'-n[Change nothing, only say what would be removed]' \
'--dry-run[Change nothing, only say what would be removed]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(status)
_arguments "${_arguments_options[@]}" : \
'*--pack=[Only this pack, by its id or the beginning of it, in detail; may be repeated]:ID:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-pack[]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__parity__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-parity-help-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(status)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(tag)
_arguments "${_arguments_options[@]}" : \
'*--add=[Add these tags]:TAG[,TAG...]:_default' \
'*--remove=[Remove these tags]:TAG[,TAG...]:_default' \
'(--add --remove)*--set=[Have exactly these tags]:TAG[,TAG...]:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-add[]' \
'--no-remove[]' \
'--no-set[]' \
'--no-dry-run[]' \
'-n[Change nothing, only say what would change]' \
'--dry-run[Change nothing, only say what would change]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::snapshots -- Snapshots to change:_default' \
&& ret=0
;;
(unlock)
_arguments "${_arguments_options[@]}" : \
'--lease=[Session to fence\: it can never commit afterwards (\`gleaner list leases\`)]:ID:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-dry-run[]' \
'-n[Change nothing, only say what would be fenced]' \
'--dry-run[Change nothing, only say what would be fenced]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(access)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__access_commands" \
"*::: :->access" \
&& ret=0

    case $state in
    (access)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-access-command-$line[1]:"
        case $line[1] in
            (scan)
_arguments "${_arguments_options[@]}" : \
'--key-pattern=[nginx\: a regular expression that finds the URL in a key, by its group \`url\`, or by \`scheme\`, \`host\` and \`path\`]:REGEX:_default' \
'--base-url=[tree\: the URL at which subscribers see the root]:URL:_default' \
'--squid-folders=[squid-ufs\: numbers of folders of its \`cache_dir\`]:L1:L2:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':source -- KIND\:PATH; kinds are tree, nginx, squid-ufs, apache-disk, acng, oci, maildir, dbox and mbox:_default' \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
'--key-pattern=[nginx\: a regular expression that finds the URL in a key, by its group \`url\`, or by \`scheme\`, \`host\` and \`path\`]:REGEX:_default' \
'--base-url=[tree\: the URL at which subscribers see the root]:URL:_default' \
'--squid-folders=[squid-ufs\: numbers of folders of its \`cache_dir\`]:L1:L2:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':source -- KIND\:PATH; kinds are tree, nginx, squid-ufs, apache-disk, acng, oci, maildir, dbox and mbox:_default' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'--key-pattern=[nginx\: a regular expression that finds the URL in a key, by its group \`url\`, or by \`scheme\`, \`host\` and \`path\`]:REGEX:_default' \
'--base-url=[tree\: the URL at which subscribers see the root]:URL:_default' \
'--squid-folders=[squid-ufs\: numbers of folders of its \`cache_dir\`]:L1:L2:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':source -- KIND\:PATH; kinds are tree, nginx, squid-ufs, apache-disk, acng, oci, maildir, dbox and mbox:_default' \
':key -- The object'\''s key as `access ls` shows it, or one of its URLs:_default' \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
'--key-pattern=[nginx\: a regular expression that finds the URL in a key, by its group \`url\`, or by \`scheme\`, \`host\` and \`path\`]:REGEX:_default' \
'--base-url=[tree\: the URL at which subscribers see the root]:URL:_default' \
'--squid-folders=[squid-ufs\: numbers of folders of its \`cache_dir\`]:L1:L2:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':source -- KIND\:PATH; kinds are tree, nginx, squid-ufs, apache-disk, acng, oci, maildir, dbox and mbox:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__access__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-access-help-command-$line[1]:"
        case $line[1] in
            (scan)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(config)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__config_commands" \
"*::: :->config" \
&& ret=0

    case $state in
    (config)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-config-command-$line[1]:"
        case $line[1] in
            (init)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::name -- Name of the profile:_default' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::verb -- Verb whose flags are shown beside those of every verb:_default' \
&& ret=0
;;
(path)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__config__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-config-help-command-$line[1]:"
        case $line[1] in
            (init)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(path)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(demo)
_arguments "${_arguments_options[@]}" : \
'--keep=[Work in this new or empty folder and leave it there]:DIR:_files' \
'--seed=[Seed of the made-up data]:N:_default' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(bench)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_gleaner__subcmd__bench_commands" \
"*::: :->bench" \
&& ret=0

    case $state in
    (bench)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-bench-command-$line[1]:"
        case $line[1] in
            (index)
_arguments "${_arguments_options[@]}" : \
'--keys=[Chunks to enter; needs about 100 bytes of disk each]:N:_default' \
'--seed=[Seed of the made-up chunk ids]:N:_default' \
'--mode=[Which chunks the index recognises]:MODE:((exact\:"All"
sparse\:"Those near one in 64"))' \
'--memory=[Memory that the index is told to stay within, at least 16M]:SIZE:_default' \
'--dir=[Work in a new folder inside this one, which is removed at the end \[default\: the system'\''s folder for temporary files\]]:FOLDER:_files' \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-enforce-floors[]' \
'--enforce-floors[End with 4 if a floor is not reached]' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__bench__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-bench-help-command-$line[1]:"
        case $line[1] in
            (index)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(version)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':shell -- Shell:(bash elvish fish powershell zsh)' \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
'-r+[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repo=[Where the repository is\: a path or file\:///path \[env\: GLEANER_REPOSITORY\]]:URL:_default' \
'--repository-file=[File whose first line names the repository \[env\: GLEANER_REPOSITORY_FILE\]]:FILE:_files' \
'--server=[Repository of a tenant on a backup server\: https\://HOST\:PORT/TENANT \[env\: GLEANER_SERVER\]]:URL:_default' \
'--token-file=[File whose first line is the token for the server \[env\: GLEANER_TOKEN_FILE\]]:FILE:_files' \
'--ca-cert=[Certificates whose signature the server must have, PEM \[env\: GLEANER_CA_CERT\]]:FILE:_files' \
'--server-fingerprint=[SHA-256 of the server'\''s certificate, as it prints it \[env\: GLEANER_SERVER_FINGERPRINT\]]:HEX:_default' \
'--wait-for-server=[How long to try to reach a server again that was cut off \[env\: GLEANER_WAIT_FOR_SERVER; default\: 5m\]]:DURATION:_default' \
'-p+[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-file=[File whose first line is the password \[env\: GLEANER_PASSWORD_FILE\]]:FILE:_files' \
'--password-command=[Command that prints the password, run without a shell \[env\: GLEANER_PASSWORD_COMMAND\]]:CMD:_default' \
'--log-file=[Write a debug log to FILE \[filter\: GLEANER_LOG, for example engine=debug\]]:FILE:_files' \
'--cache-dir=[Folder of the index \[env\: GLEANER_CACHE_DIR; default\: \$XDG_CACHE_HOME/gleaner\]]:DIR:_files' \
'--index-mode=[Which stored chunks a backup recognises \[env\: GLEANER_INDEX_MODE; default\: exact\]]:MODE:((exact\:"All\: about 2 bytes of memory a chunk"
sparse\:"Those near a sample of one in 64\: for repositories of more than 10^9 chunks"
neighbor\:"Those of earlier snapshots of the same host and paths\: no cache, little to read"))' \
'--index-memory=[Memory for the index in the cache folder \[env\: GLEANER_INDEX_MEMORY; default\: 112M\]]:SIZE:_default' \
'--threads=[Worker threads \[env\: GLEANER_THREADS; default\: cores\]]:N:_default' \
'--limit-read=[Read files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_READ\]]:RATE:_default' \
'--limit-write=[Write files and packs no faster than RATE (bare number\: KiB/s) \[env\: GLEANER_LIMIT_WRITE\]]:RATE:_default' \
'--progress-fd=[Write status lines as JSON to descriptor N]:N:_default' \
'*-P+[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'*--profile=[Profile to read; a later one overrides an earlier \[env\: GLEANER_PROFILE\]]:NAME:_default' \
'--no-profile[]' \
'--no-quiet[]' \
'-q[Print nothing but errors]' \
'--quiet[Print nothing but errors]' \
'--no-verbose[]' \
'*-v[Print a line for each file; twice\: also the unchanged ones]' \
'*--verbose[Print a line for each file; twice\: also the unchanged ones]' \
'--no-json[]' \
'--json[Print JSON lines]' \
'--input[]' \
'--no-input[Never ask]' \
'--no-yes[]' \
'--yes[Answer moderate questions with yes]' \
'--color[]' \
'--no-color[No colours \[env\: NO_COLOR\]]' \
'--cache[]' \
'--no-cache[Keep the index in memory and write no cache]' \
'--lock[]' \
'--no-lock[Take no lease\: for media that cannot be written (verbs that only read)]' \
'--no-idle[]' \
'--idle[Give way to other processes (nice 19)]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':folder -- Folder to write into:_files' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-command-$line[1]:"
        case $line[1] in
            (agent)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__agent_commands" \
"*::: :->agent" \
&& ret=0

    case $state in
    (agent)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-agent-command-$line[1]:"
        case $line[1] in
            (run)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(allow)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(deny)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(serve)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(tenant)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__tenant_commands" \
"*::: :->tenant" \
&& ret=0

    case $state in
    (tenant)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-tenant-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(quota)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(token)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__token_commands" \
"*::: :->token" \
&& ret=0

    case $state in
    (token)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-token-command-$line[1]:"
        case $line[1] in
            (new)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(revoke)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(init)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(backup)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(snapshots)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(restore)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(dump)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(diff)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(find)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(stats)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(check)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(repair)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__repair_commands" \
"*::: :->repair" \
&& ret=0

    case $state in
    (repair)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-repair-command-$line[1]:"
        case $line[1] in
            (index)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(packs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(snapshots)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(all)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(cat)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(key)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__key_commands" \
"*::: :->key" \
&& ret=0

    case $state in
    (key)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-key-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(passwd)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rotate)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(copy)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(forget)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(prune)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(migrate)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(parity)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__parity_commands" \
"*::: :->parity" \
&& ret=0

    case $state in
    (parity)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-parity-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(status)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(tag)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(unlock)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(access)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__access_commands" \
"*::: :->access" \
&& ret=0

    case $state in
    (access)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-access-command-$line[1]:"
        case $line[1] in
            (scan)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(config)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__config_commands" \
"*::: :->config" \
&& ret=0

    case $state in
    (config)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-config-command-$line[1]:"
        case $line[1] in
            (init)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(path)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(demo)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(bench)
_arguments "${_arguments_options[@]}" : \
":: :_gleaner__subcmd__help__subcmd__bench_commands" \
"*::: :->bench" \
&& ret=0

    case $state in
    (bench)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:gleaner-help-bench-command-$line[1]:"
        case $line[1] in
            (index)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(version)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
}

(( $+functions[_gleaner_commands] )) ||
_gleaner_commands() {
    local commands; commands=(
'agent:Agents beside access servers\: run, allow, list, deny' \
'serve:Run a backup server' \
'tenant:Tenants of a server\: add, list, quota, remove' \
'token:Tokens that subscribers log in with\: new, list, revoke' \
'init:Create a repository' \
'backup:Save files and folders as one snapshot' \
'snapshots:List snapshots' \
'ls:List what a snapshot holds' \
'restore:Write entries of a snapshot back' \
'dump:Write one file, or a folder as tar, to stdout' \
'diff:Show what changed between two snapshots' \
'find:Find entries in all snapshots' \
'stats:Sizes and ratios' \
'check:Verify the repository; changes nothing' \
'repair:Say what can be repaired, and repair it' \
'cat:Show an object of the repository' \
'list:List objects of the repository' \
'key:Keys\: list, add, remove, passwd, rotate' \
'copy:Copy snapshots from another repository' \
'forget:Drop snapshots by id or policy' \
'prune:Reclaim the space of what no snapshot needs' \
'compact:Reclaim the space of what no snapshot needs' \
'migrate:Say what would bring the repository to the newest format version, and do it' \
'parity:Parity of packs\: add, remove, status' \
'tag:Change tags of snapshots' \
'unlock:Fence the lease of a session that will not come back' \
'access:What an access server holds\: scan, ls, show, verify' \
'config:Profiles\: write a starter file, show effective values and where they come from' \
'demo:A tour with made-up data, in about ten seconds' \
'bench:Measure on this machine' \
'version:Versions of program and format' \
'completions:Completions for a shell' \
'man:Write manual pages into a folder' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access_commands] )) ||
_gleaner__subcmd__access_commands() {
    local commands; commands=(
'scan:Count the objects, and what was left out and why' \
'ls:List the objects' \
'show:Show one object\: its identifiers and its representations' \
'verify:Read all representations of all objects' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner access commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__help_commands] )) ||
_gleaner__subcmd__access__subcmd__help_commands() {
    local commands; commands=(
'scan:Count the objects, and what was left out and why' \
'ls:List the objects' \
'show:Show one object\: its identifiers and its representations' \
'verify:Read all representations of all objects' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner access help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__access__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__help__subcmd__ls_commands] )) ||
_gleaner__subcmd__access__subcmd__help__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access help ls commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__help__subcmd__scan_commands] )) ||
_gleaner__subcmd__access__subcmd__help__subcmd__scan_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access help scan commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__help__subcmd__show_commands] )) ||
_gleaner__subcmd__access__subcmd__help__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access help show commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__help__subcmd__verify_commands] )) ||
_gleaner__subcmd__access__subcmd__help__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access help verify commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__ls_commands] )) ||
_gleaner__subcmd__access__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access ls commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__scan_commands] )) ||
_gleaner__subcmd__access__subcmd__scan_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access scan commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__show_commands] )) ||
_gleaner__subcmd__access__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access show commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__access__subcmd__verify_commands] )) ||
_gleaner__subcmd__access__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner access verify commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent_commands] )) ||
_gleaner__subcmd__agent_commands() {
    local commands; commands=(
'run:Tell a server what access servers hold, and serve bytes of theirs' \
'allow:Where the server runs\: let an agent speak for sources' \
'list:Where the server runs\: list agents' \
'deny:Where the server runs\: let an agent in no more' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner agent commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__allow_commands] )) ||
_gleaner__subcmd__agent__subcmd__allow_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent allow commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__deny_commands] )) ||
_gleaner__subcmd__agent__subcmd__deny_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent deny commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__help_commands] )) ||
_gleaner__subcmd__agent__subcmd__help_commands() {
    local commands; commands=(
'run:Tell a server what access servers hold, and serve bytes of theirs' \
'allow:Where the server runs\: let an agent speak for sources' \
'list:Where the server runs\: list agents' \
'deny:Where the server runs\: let an agent in no more' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner agent help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__help__subcmd__allow_commands] )) ||
_gleaner__subcmd__agent__subcmd__help__subcmd__allow_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent help allow commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__help__subcmd__deny_commands] )) ||
_gleaner__subcmd__agent__subcmd__help__subcmd__deny_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent help deny commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__agent__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__help__subcmd__list_commands] )) ||
_gleaner__subcmd__agent__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent help list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__help__subcmd__run_commands] )) ||
_gleaner__subcmd__agent__subcmd__help__subcmd__run_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent help run commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__list_commands] )) ||
_gleaner__subcmd__agent__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__agent__subcmd__run_commands] )) ||
_gleaner__subcmd__agent__subcmd__run_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner agent run commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__backup_commands] )) ||
_gleaner__subcmd__backup_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner backup commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__bench_commands] )) ||
_gleaner__subcmd__bench_commands() {
    local commands; commands=(
'index:The index\: rates, memory and disk at a number of made-up chunks' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner bench commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__bench__subcmd__help_commands] )) ||
_gleaner__subcmd__bench__subcmd__help_commands() {
    local commands; commands=(
'index:The index\: rates, memory and disk at a number of made-up chunks' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner bench help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__bench__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__bench__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner bench help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__bench__subcmd__help__subcmd__index_commands] )) ||
_gleaner__subcmd__bench__subcmd__help__subcmd__index_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner bench help index commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__bench__subcmd__index_commands] )) ||
_gleaner__subcmd__bench__subcmd__index_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner bench index commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__cat_commands] )) ||
_gleaner__subcmd__cat_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner cat commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__check_commands] )) ||
_gleaner__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner check commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__completions_commands] )) ||
_gleaner__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner completions commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config_commands] )) ||
_gleaner__subcmd__config_commands() {
    local commands; commands=(
'init:Write a commented profile; never over an existing one' \
'show:Print each value and where it comes from' \
'path:Print where profiles are looked for' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner config commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config__subcmd__help_commands] )) ||
_gleaner__subcmd__config__subcmd__help_commands() {
    local commands; commands=(
'init:Write a commented profile; never over an existing one' \
'show:Print each value and where it comes from' \
'path:Print where profiles are looked for' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner config help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__config__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner config help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config__subcmd__help__subcmd__init_commands] )) ||
_gleaner__subcmd__config__subcmd__help__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner config help init commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config__subcmd__help__subcmd__path_commands] )) ||
_gleaner__subcmd__config__subcmd__help__subcmd__path_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner config help path commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config__subcmd__help__subcmd__show_commands] )) ||
_gleaner__subcmd__config__subcmd__help__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner config help show commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config__subcmd__init_commands] )) ||
_gleaner__subcmd__config__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner config init commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config__subcmd__path_commands] )) ||
_gleaner__subcmd__config__subcmd__path_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner config path commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__config__subcmd__show_commands] )) ||
_gleaner__subcmd__config__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner config show commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__copy_commands] )) ||
_gleaner__subcmd__copy_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner copy commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__demo_commands] )) ||
_gleaner__subcmd__demo_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner demo commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__diff_commands] )) ||
_gleaner__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner diff commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__dump_commands] )) ||
_gleaner__subcmd__dump_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner dump commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__find_commands] )) ||
_gleaner__subcmd__find_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner find commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__forget_commands] )) ||
_gleaner__subcmd__forget_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner forget commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help_commands] )) ||
_gleaner__subcmd__help_commands() {
    local commands; commands=(
'agent:Agents beside access servers\: run, allow, list, deny' \
'serve:Run a backup server' \
'tenant:Tenants of a server\: add, list, quota, remove' \
'token:Tokens that subscribers log in with\: new, list, revoke' \
'init:Create a repository' \
'backup:Save files and folders as one snapshot' \
'snapshots:List snapshots' \
'ls:List what a snapshot holds' \
'restore:Write entries of a snapshot back' \
'dump:Write one file, or a folder as tar, to stdout' \
'diff:Show what changed between two snapshots' \
'find:Find entries in all snapshots' \
'stats:Sizes and ratios' \
'check:Verify the repository; changes nothing' \
'repair:Say what can be repaired, and repair it' \
'cat:Show an object of the repository' \
'list:List objects of the repository' \
'key:Keys\: list, add, remove, passwd, rotate' \
'copy:Copy snapshots from another repository' \
'forget:Drop snapshots by id or policy' \
'prune:Reclaim the space of what no snapshot needs' \
'migrate:Say what would bring the repository to the newest format version, and do it' \
'parity:Parity of packs\: add, remove, status' \
'tag:Change tags of snapshots' \
'unlock:Fence the lease of a session that will not come back' \
'access:What an access server holds\: scan, ls, show, verify' \
'config:Profiles\: write a starter file, show effective values and where they come from' \
'demo:A tour with made-up data, in about ten seconds' \
'bench:Measure on this machine' \
'version:Versions of program and format' \
'completions:Completions for a shell' \
'man:Write manual pages into a folder' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__access_commands] )) ||
_gleaner__subcmd__help__subcmd__access_commands() {
    local commands; commands=(
'scan:Count the objects, and what was left out and why' \
'ls:List the objects' \
'show:Show one object\: its identifiers and its representations' \
'verify:Read all representations of all objects' \
    )
    _describe -t commands 'gleaner help access commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__access__subcmd__ls_commands] )) ||
_gleaner__subcmd__help__subcmd__access__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help access ls commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__access__subcmd__scan_commands] )) ||
_gleaner__subcmd__help__subcmd__access__subcmd__scan_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help access scan commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__access__subcmd__show_commands] )) ||
_gleaner__subcmd__help__subcmd__access__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help access show commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__access__subcmd__verify_commands] )) ||
_gleaner__subcmd__help__subcmd__access__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help access verify commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__agent_commands] )) ||
_gleaner__subcmd__help__subcmd__agent_commands() {
    local commands; commands=(
'run:Tell a server what access servers hold, and serve bytes of theirs' \
'allow:Where the server runs\: let an agent speak for sources' \
'list:Where the server runs\: list agents' \
'deny:Where the server runs\: let an agent in no more' \
    )
    _describe -t commands 'gleaner help agent commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__agent__subcmd__allow_commands] )) ||
_gleaner__subcmd__help__subcmd__agent__subcmd__allow_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help agent allow commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__agent__subcmd__deny_commands] )) ||
_gleaner__subcmd__help__subcmd__agent__subcmd__deny_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help agent deny commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__agent__subcmd__list_commands] )) ||
_gleaner__subcmd__help__subcmd__agent__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help agent list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__agent__subcmd__run_commands] )) ||
_gleaner__subcmd__help__subcmd__agent__subcmd__run_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help agent run commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__backup_commands] )) ||
_gleaner__subcmd__help__subcmd__backup_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help backup commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__bench_commands] )) ||
_gleaner__subcmd__help__subcmd__bench_commands() {
    local commands; commands=(
'index:The index\: rates, memory and disk at a number of made-up chunks' \
    )
    _describe -t commands 'gleaner help bench commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__bench__subcmd__index_commands] )) ||
_gleaner__subcmd__help__subcmd__bench__subcmd__index_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help bench index commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__cat_commands] )) ||
_gleaner__subcmd__help__subcmd__cat_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help cat commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__check_commands] )) ||
_gleaner__subcmd__help__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help check commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__completions_commands] )) ||
_gleaner__subcmd__help__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help completions commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__config_commands] )) ||
_gleaner__subcmd__help__subcmd__config_commands() {
    local commands; commands=(
'init:Write a commented profile; never over an existing one' \
'show:Print each value and where it comes from' \
'path:Print where profiles are looked for' \
    )
    _describe -t commands 'gleaner help config commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__config__subcmd__init_commands] )) ||
_gleaner__subcmd__help__subcmd__config__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help config init commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__config__subcmd__path_commands] )) ||
_gleaner__subcmd__help__subcmd__config__subcmd__path_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help config path commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__config__subcmd__show_commands] )) ||
_gleaner__subcmd__help__subcmd__config__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help config show commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__copy_commands] )) ||
_gleaner__subcmd__help__subcmd__copy_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help copy commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__demo_commands] )) ||
_gleaner__subcmd__help__subcmd__demo_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help demo commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__diff_commands] )) ||
_gleaner__subcmd__help__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help diff commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__dump_commands] )) ||
_gleaner__subcmd__help__subcmd__dump_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help dump commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__find_commands] )) ||
_gleaner__subcmd__help__subcmd__find_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help find commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__forget_commands] )) ||
_gleaner__subcmd__help__subcmd__forget_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help forget commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__init_commands] )) ||
_gleaner__subcmd__help__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help init commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__key_commands] )) ||
_gleaner__subcmd__help__subcmd__key_commands() {
    local commands; commands=(
'list:List key slots' \
'add:Add a key slot with a password of its own' \
'remove:Remove a key slot; without the last one nothing opens the repository again' \
'passwd:Change the password\: a new slot is added, then the one in use removed' \
'rotate:Seal packs from now on under new keys; what is stored stays as it is' \
    )
    _describe -t commands 'gleaner help key commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__key__subcmd__add_commands] )) ||
_gleaner__subcmd__help__subcmd__key__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help key add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__key__subcmd__list_commands] )) ||
_gleaner__subcmd__help__subcmd__key__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help key list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__key__subcmd__passwd_commands] )) ||
_gleaner__subcmd__help__subcmd__key__subcmd__passwd_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help key passwd commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__key__subcmd__remove_commands] )) ||
_gleaner__subcmd__help__subcmd__key__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help key remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__key__subcmd__rotate_commands] )) ||
_gleaner__subcmd__help__subcmd__key__subcmd__rotate_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help key rotate commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__list_commands] )) ||
_gleaner__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__ls_commands] )) ||
_gleaner__subcmd__help__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help ls commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__man_commands] )) ||
_gleaner__subcmd__help__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help man commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__migrate_commands] )) ||
_gleaner__subcmd__help__subcmd__migrate_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help migrate commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__parity_commands] )) ||
_gleaner__subcmd__help__subcmd__parity_commands() {
    local commands; commands=(
'add:Write sidecars for packs that have none, or a damaged one' \
'remove:Delete sidecars; the packs stay' \
'status:Say which packs have sidecars; changes nothing' \
    )
    _describe -t commands 'gleaner help parity commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__parity__subcmd__add_commands] )) ||
_gleaner__subcmd__help__subcmd__parity__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help parity add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__parity__subcmd__remove_commands] )) ||
_gleaner__subcmd__help__subcmd__parity__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help parity remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__parity__subcmd__status_commands] )) ||
_gleaner__subcmd__help__subcmd__parity__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help parity status commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__prune_commands] )) ||
_gleaner__subcmd__help__subcmd__prune_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help prune commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__repair_commands] )) ||
_gleaner__subcmd__help__subcmd__repair_commands() {
    local commands; commands=(
'index:Build the index in the cache folder anew from the packs' \
'packs:Save what is left of damaged packs, and get what is lost from elsewhere' \
'snapshots:Put manifests that cannot be read aside, and write snapshots of what is left of others' \
'all:Packs, then snapshots; or put back what a repair took out of use' \
    )
    _describe -t commands 'gleaner help repair commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__repair__subcmd__all_commands] )) ||
_gleaner__subcmd__help__subcmd__repair__subcmd__all_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help repair all commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__repair__subcmd__index_commands] )) ||
_gleaner__subcmd__help__subcmd__repair__subcmd__index_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help repair index commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__repair__subcmd__packs_commands] )) ||
_gleaner__subcmd__help__subcmd__repair__subcmd__packs_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help repair packs commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__repair__subcmd__snapshots_commands] )) ||
_gleaner__subcmd__help__subcmd__repair__subcmd__snapshots_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help repair snapshots commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__restore_commands] )) ||
_gleaner__subcmd__help__subcmd__restore_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help restore commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__serve_commands] )) ||
_gleaner__subcmd__help__subcmd__serve_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help serve commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__snapshots_commands] )) ||
_gleaner__subcmd__help__subcmd__snapshots_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help snapshots commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__stats_commands] )) ||
_gleaner__subcmd__help__subcmd__stats_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help stats commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__tag_commands] )) ||
_gleaner__subcmd__help__subcmd__tag_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help tag commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__tenant_commands] )) ||
_gleaner__subcmd__help__subcmd__tenant_commands() {
    local commands; commands=(
'add:Add a tenant' \
'list:List tenants' \
'quota:Change how much a repository may take' \
'remove:Remove a tenant, and all of its snapshots' \
    )
    _describe -t commands 'gleaner help tenant commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__tenant__subcmd__add_commands] )) ||
_gleaner__subcmd__help__subcmd__tenant__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help tenant add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__tenant__subcmd__list_commands] )) ||
_gleaner__subcmd__help__subcmd__tenant__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help tenant list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__tenant__subcmd__quota_commands] )) ||
_gleaner__subcmd__help__subcmd__tenant__subcmd__quota_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help tenant quota commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__tenant__subcmd__remove_commands] )) ||
_gleaner__subcmd__help__subcmd__tenant__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help tenant remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__token_commands] )) ||
_gleaner__subcmd__help__subcmd__token_commands() {
    local commands; commands=(
'new:Make a token and print it, once' \
'list:List tokens' \
'revoke:Make a token worthless' \
    )
    _describe -t commands 'gleaner help token commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__token__subcmd__list_commands] )) ||
_gleaner__subcmd__help__subcmd__token__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help token list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__token__subcmd__new_commands] )) ||
_gleaner__subcmd__help__subcmd__token__subcmd__new_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help token new commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__token__subcmd__revoke_commands] )) ||
_gleaner__subcmd__help__subcmd__token__subcmd__revoke_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help token revoke commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__unlock_commands] )) ||
_gleaner__subcmd__help__subcmd__unlock_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help unlock commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__help__subcmd__version_commands] )) ||
_gleaner__subcmd__help__subcmd__version_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner help version commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__init_commands] )) ||
_gleaner__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner init commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key_commands] )) ||
_gleaner__subcmd__key_commands() {
    local commands; commands=(
'list:List key slots' \
'add:Add a key slot with a password of its own' \
'remove:Remove a key slot; without the last one nothing opens the repository again' \
'passwd:Change the password\: a new slot is added, then the one in use removed' \
'rotate:Seal packs from now on under new keys; what is stored stays as it is' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner key commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__add_commands] )) ||
_gleaner__subcmd__key__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__help_commands] )) ||
_gleaner__subcmd__key__subcmd__help_commands() {
    local commands; commands=(
'list:List key slots' \
'add:Add a key slot with a password of its own' \
'remove:Remove a key slot; without the last one nothing opens the repository again' \
'passwd:Change the password\: a new slot is added, then the one in use removed' \
'rotate:Seal packs from now on under new keys; what is stored stays as it is' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner key help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__help__subcmd__add_commands] )) ||
_gleaner__subcmd__key__subcmd__help__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key help add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__key__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__help__subcmd__list_commands] )) ||
_gleaner__subcmd__key__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key help list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__help__subcmd__passwd_commands] )) ||
_gleaner__subcmd__key__subcmd__help__subcmd__passwd_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key help passwd commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__help__subcmd__remove_commands] )) ||
_gleaner__subcmd__key__subcmd__help__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key help remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__help__subcmd__rotate_commands] )) ||
_gleaner__subcmd__key__subcmd__help__subcmd__rotate_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key help rotate commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__list_commands] )) ||
_gleaner__subcmd__key__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__passwd_commands] )) ||
_gleaner__subcmd__key__subcmd__passwd_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key passwd commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__remove_commands] )) ||
_gleaner__subcmd__key__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__key__subcmd__rotate_commands] )) ||
_gleaner__subcmd__key__subcmd__rotate_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner key rotate commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__list_commands] )) ||
_gleaner__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__ls_commands] )) ||
_gleaner__subcmd__ls_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner ls commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__man_commands] )) ||
_gleaner__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner man commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__migrate_commands] )) ||
_gleaner__subcmd__migrate_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner migrate commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity_commands] )) ||
_gleaner__subcmd__parity_commands() {
    local commands; commands=(
'add:Write sidecars for packs that have none, or a damaged one' \
'remove:Delete sidecars; the packs stay' \
'status:Say which packs have sidecars; changes nothing' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner parity commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity__subcmd__add_commands] )) ||
_gleaner__subcmd__parity__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner parity add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity__subcmd__help_commands] )) ||
_gleaner__subcmd__parity__subcmd__help_commands() {
    local commands; commands=(
'add:Write sidecars for packs that have none, or a damaged one' \
'remove:Delete sidecars; the packs stay' \
'status:Say which packs have sidecars; changes nothing' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner parity help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity__subcmd__help__subcmd__add_commands] )) ||
_gleaner__subcmd__parity__subcmd__help__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner parity help add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__parity__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner parity help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity__subcmd__help__subcmd__remove_commands] )) ||
_gleaner__subcmd__parity__subcmd__help__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner parity help remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity__subcmd__help__subcmd__status_commands] )) ||
_gleaner__subcmd__parity__subcmd__help__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner parity help status commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity__subcmd__remove_commands] )) ||
_gleaner__subcmd__parity__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner parity remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__parity__subcmd__status_commands] )) ||
_gleaner__subcmd__parity__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner parity status commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__prune_commands] )) ||
_gleaner__subcmd__prune_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner prune commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair_commands] )) ||
_gleaner__subcmd__repair_commands() {
    local commands; commands=(
'index:Build the index in the cache folder anew from the packs' \
'packs:Save what is left of damaged packs, and get what is lost from elsewhere' \
'snapshots:Put manifests that cannot be read aside, and write snapshots of what is left of others' \
'all:Packs, then snapshots; or put back what a repair took out of use' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner repair commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__all_commands] )) ||
_gleaner__subcmd__repair__subcmd__all_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair all commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__help_commands] )) ||
_gleaner__subcmd__repair__subcmd__help_commands() {
    local commands; commands=(
'index:Build the index in the cache folder anew from the packs' \
'packs:Save what is left of damaged packs, and get what is lost from elsewhere' \
'snapshots:Put manifests that cannot be read aside, and write snapshots of what is left of others' \
'all:Packs, then snapshots; or put back what a repair took out of use' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner repair help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__help__subcmd__all_commands] )) ||
_gleaner__subcmd__repair__subcmd__help__subcmd__all_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair help all commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__repair__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__help__subcmd__index_commands] )) ||
_gleaner__subcmd__repair__subcmd__help__subcmd__index_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair help index commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__help__subcmd__packs_commands] )) ||
_gleaner__subcmd__repair__subcmd__help__subcmd__packs_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair help packs commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__help__subcmd__snapshots_commands] )) ||
_gleaner__subcmd__repair__subcmd__help__subcmd__snapshots_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair help snapshots commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__index_commands] )) ||
_gleaner__subcmd__repair__subcmd__index_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair index commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__packs_commands] )) ||
_gleaner__subcmd__repair__subcmd__packs_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair packs commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__repair__subcmd__snapshots_commands] )) ||
_gleaner__subcmd__repair__subcmd__snapshots_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner repair snapshots commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__restore_commands] )) ||
_gleaner__subcmd__restore_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner restore commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__serve_commands] )) ||
_gleaner__subcmd__serve_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner serve commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__snapshots_commands] )) ||
_gleaner__subcmd__snapshots_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner snapshots commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__stats_commands] )) ||
_gleaner__subcmd__stats_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner stats commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tag_commands] )) ||
_gleaner__subcmd__tag_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tag commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant_commands] )) ||
_gleaner__subcmd__tenant_commands() {
    local commands; commands=(
'add:Add a tenant' \
'list:List tenants' \
'quota:Change how much a repository may take' \
'remove:Remove a tenant, and all of its snapshots' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner tenant commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__add_commands] )) ||
_gleaner__subcmd__tenant__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__help_commands] )) ||
_gleaner__subcmd__tenant__subcmd__help_commands() {
    local commands; commands=(
'add:Add a tenant' \
'list:List tenants' \
'quota:Change how much a repository may take' \
'remove:Remove a tenant, and all of its snapshots' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner tenant help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__help__subcmd__add_commands] )) ||
_gleaner__subcmd__tenant__subcmd__help__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant help add commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__tenant__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__help__subcmd__list_commands] )) ||
_gleaner__subcmd__tenant__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant help list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__help__subcmd__quota_commands] )) ||
_gleaner__subcmd__tenant__subcmd__help__subcmd__quota_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant help quota commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__help__subcmd__remove_commands] )) ||
_gleaner__subcmd__tenant__subcmd__help__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant help remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__list_commands] )) ||
_gleaner__subcmd__tenant__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__quota_commands] )) ||
_gleaner__subcmd__tenant__subcmd__quota_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant quota commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__tenant__subcmd__remove_commands] )) ||
_gleaner__subcmd__tenant__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner tenant remove commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token_commands] )) ||
_gleaner__subcmd__token_commands() {
    local commands; commands=(
'new:Make a token and print it, once' \
'list:List tokens' \
'revoke:Make a token worthless' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner token commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token__subcmd__help_commands] )) ||
_gleaner__subcmd__token__subcmd__help_commands() {
    local commands; commands=(
'new:Make a token and print it, once' \
'list:List tokens' \
'revoke:Make a token worthless' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'gleaner token help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token__subcmd__help__subcmd__help_commands] )) ||
_gleaner__subcmd__token__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner token help help commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token__subcmd__help__subcmd__list_commands] )) ||
_gleaner__subcmd__token__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner token help list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token__subcmd__help__subcmd__new_commands] )) ||
_gleaner__subcmd__token__subcmd__help__subcmd__new_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner token help new commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token__subcmd__help__subcmd__revoke_commands] )) ||
_gleaner__subcmd__token__subcmd__help__subcmd__revoke_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner token help revoke commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token__subcmd__list_commands] )) ||
_gleaner__subcmd__token__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner token list commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token__subcmd__new_commands] )) ||
_gleaner__subcmd__token__subcmd__new_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner token new commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__token__subcmd__revoke_commands] )) ||
_gleaner__subcmd__token__subcmd__revoke_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner token revoke commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__unlock_commands] )) ||
_gleaner__subcmd__unlock_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner unlock commands' commands "$@"
}
(( $+functions[_gleaner__subcmd__version_commands] )) ||
_gleaner__subcmd__version_commands() {
    local commands; commands=()
    _describe -t commands 'gleaner version commands' commands "$@"
}

if [ "$funcstack[1]" = "_gleaner" ]; then
    _gleaner "$@"
else
    compdef _gleaner gleaner
fi
